using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Tests;

/// <summary>What a catalogue's word makes of what the region has, however it comes in.</summary>
public class CatalogueTests
{
    private const string Norwegian = "NO:0192:923609016";
    private static readonly Guid Id = Guid.NewGuid();
    private static readonly DateTimeOffset Later = Some.Start.AddDays(1);
    private static readonly KnownSupplier Known = Supplier(Row("Leverantören AB"));
    private static readonly ContractRow ARow = new("A-1", Some.Contract().Content with { Supplier = Some.Supplier with { Id = Guid.Empty } });
    private static readonly Contract AContract = Contract.Evolve(null, Synchronisation.Synchronise(ARow, null, Known, Guid.NewGuid(), Some.Start)!);

    [Test]
    public void A_supplier_that_is_unknown_is_taken_over_from_its_contract_and_a_known_one_keeps_its_name()
    {
        var named = ARow with { Content = ARow.Content with { Supplier = ARow.Content.Supplier with { Name = "LEVERANTÖREN AB (publ)" } } };

        Assert.That(Supplier(Synchronisation.SupplierOf(named, null, Id, Later)).Content.Name, Is.EqualTo("LEVERANTÖREN AB (publ)"));
        Assert.That(Synchronisation.SupplierOf(named, Known, Id, Later), Is.Null);
        Assert.That(Contract.Evolve(null, Synchronisation.Synchronise(named, null, Known, Id, Later)!).Content.Supplier, Is.EqualTo(Known.Reference() with { Name = "LEVERANTÖREN AB (publ)" }),
            "the contract keeps the name that it is written with");
    }

    [Test]
    public void The_same_word_twice_is_nothing()
    {
        Assert.That(Synchronisation.Synchronise(ARow, AContract, Known, Id, Later), Is.Null);
        Assert.That(Synchronisation.Synchronise(Row("Leverantören AB"), Known, Id, Later), Is.Null);
        Assert.That(Synchronisation.Synchronise(Row("Leverantören AB") with { Content = new SupplierContent("Leverantören AB") { OtherNames = [], SubSuppliers = [] } }, Known, Id, Later), Is.Null);
        Assert.That(Synchronisation.SupplierOf(ARow, Known, Id, Later), Is.Null);
    }

    [Test]
    public void What_a_supplier_is_called_too_is_told_in_an_order()
    {
        var row = Row("Leverantören AB") with { Content = new SupplierContent("Leverantören AB") { OtherNames = ["Lev", "Lever"] } };
        var known = Supplier(row);

        Assert.That(Synchronisation.Synchronise(row with { Content = row.Content with { OtherNames = ["Lev", "Lever"] } }, known, Id, Later), Is.Null);
        Assert.That(Synchronisation.Synchronise(row with { Content = row.Content with { OtherNames = ["Lever", "Lev"] } }, known, Id, Later), Is.Not.Null);
    }

    [Test]
    public void A_contract_that_is_gone_ends_once_and_the_same_word_revives_it()
    {
        var ended = Contract.Evolve(AContract, Synchronisation.End(AContract, Id, Later)!);

        Assert.That((ended.EndedAt, ended.Version, ended.Content), Is.EqualTo((Later, 2, AContract.Content)));
        Assert.That(Synchronisation.End(ended, Id, Later), Is.Null);
        var revived = Contract.Evolve(ended, Synchronisation.Synchronise(ARow, ended, Known, Id, Later.AddDays(1))!);
        Assert.That((revived.EndedAt, revived.Version, revived.Id), Is.EqualTo(((DateTimeOffset?)null, 3, AContract.Id)));
    }

    [TestCase(null, true, TestName = "Nothing_said_leaves_a_natural_person_one")]
    [TestCase(true, true, TestName = "The_same_said_changes_nothing")]
    [TestCase(false, null, TestName = "Said_outright_it_is_corrected")]
    public void Whoever_is_a_natural_person_stays_one_until_the_contrary_is_said(bool? said, bool? becomes)
    {
        var known = Supplier(Row("Kari Nordmann", Norwegian, true));
        var e = Synchronisation.Synchronise(Row("Kari Nordmann", Norwegian, said), known, Id, Later);

        Assert.That(e is null ? known.SoleTrader : KnownSupplier.Evolve(known, e).SoleTrader, Is.EqualTo(becomes));
    }

    [Test]
    public void A_contract_with_a_natural_person_hides_its_number_whether_it_says_so_or_the_supplier_does()
    {
        var row = ARow with { Content = ARow.Content with { Supplier = new Supplier(Guid.Empty, Norwegian, "Kari Nordmann") } };
        var person = Supplier(Row("Kari Nordmann", Norwegian, true));
        var company = Supplier(Row("Kari Nordmann", Norwegian));
        var saying = row with { Content = row.Content with { Supplier = row.Content.Supplier with { SoleTrader = true } } };

        Assert.That(Contract.Evolve(null, Synchronisation.Synchronise(row, null, person, Id, Later)!).Content.Supplier.IsNaturalPerson(), Is.True);
        var found = KnownSupplier.Evolve(company, Synchronisation.SupplierOf(saying, company, Id, Later)!);
        Assert.That((found.SoleTrader, found.Content, found.Id), Is.EqualTo(((bool?)true, company.Content, company.Id)));
        Assert.That(Contract.Evolve(null, Synchronisation.Synchronise(saying, null, found, Id, Later)!).Content.Supplier.IsNaturalPerson(), Is.True);
        Assert.That(Synchronisation.SupplierOf(saying, found, Id, Later), Is.Null, "once");
    }

    [Test]
    public void Who_is_known_as_a_natural_person_is_one_among_sub_suppliers_and_as_a_predecessor_too()
    {
        var row = Row("Leverantören AB") with
        {
            Content = new SupplierContent("Leverantören AB")
            {
                SuccessorOf = new Succession(Norwegian, new DateOnly(2025, 7, 1), true, Some.Motivation),
                SubSuppliers = [new SubSupplier("Kari Nordmann", Norwegian, 1, null), new SubSupplier("Fjordpumpe AS", "NO:0192:911111111", 2, null), new SubSupplier("Okänd", null, 3, null)],
            },
        };

        var marked = Synchronisation.Marked(row, [Known, Supplier(Row("Kari Nordmann", Norwegian, true))]).Content;

        Assert.That((marked.SuccessorOf!.IsOfNaturalPerson(), row.Content.SuccessorOf!.IsOfNaturalPerson()), Is.EqualTo((true, false)));
        Assert.That(marked.SubSuppliers!.Select(s => s.IsNaturalPerson()), Is.EqualTo(new[] { true, false, false }));
        Assert.That(new SubSupplier("Exempel Konsult", "8112189876", 1, null).IsNaturalPerson(), Is.True);
        Assert.That(new Succession("8112189876", default, false, "").IsOfNaturalPerson(), Is.True);
    }

    [Test]
    public void An_open_case_follows_who_is_responsible_and_when_the_contract_ends()
    {
        var c = CaseOn(AContract);
        var after = Changed(k => k with { OwnerAddress = "inkop@example.org", ValidUntil = new DateOnly(2027, 6, 30) });

        var e = (ContractOfCaseChanged)Synchronisation.Follow(c, AContract, after, Later).Single();

        Assert.That((e.At, e.OwnerAddress, e.ValidUntilBefore, e.ValidUntil), Is.EqualTo((Later, "inkop@example.org", (DateOnly?)null, (DateOnly?)new DateOnly(2027, 6, 30))));
        var followed = EscalationCase.Evolve(c, e);
        Assert.That((followed.Contract.OwnerAddress, NationalAccessPolicy.SignalOf(followed)!.ResponsibleAddress), Is.EqualTo(("inkop@example.org", "inkop@example.org")));
    }

    [TestCaseSource(nameof(Followed))]
    public void It_follows(Func<ContractContent, ContractContent> change) => Assert.That(Synchronisation.Follow(CaseOn(AContract), AContract, Changed(change), Later), Has.Count.EqualTo(1));

    private static IEnumerable<Func<ContractContent, ContractContent>> Followed() =>
    [
        k => k with { OwnerAddress = "inkop@example.org" }, k => k with { OwnerFunction = "Avtalscontroller" }, k => k with { OwnerRole = "Avtalsansvarig" },
        k => k with { ValidUntil = new DateOnly(2027, 6, 30) },
    ];

    [Test]
    public void It_follows_the_end_of_its_contract()
    {
        var ended = Contract.Evolve(AContract, Synchronisation.End(AContract, null, Later)!);

        Assert.That(((ContractOfCaseChanged)Synchronisation.Follow(CaseOn(AContract), AContract, ended, Later).Single()).EndedAt, Is.EqualTo(Later));
    }

    [Test]
    public void It_follows_nothing_else_and_neither_does_a_closed_case_nor_one_about_something_else()
    {
        var after = Changed(k => k with { OwnerAddress = "inkop@example.org" });
        var closed = EscalationCase.Evolve(CaseOn(AContract), new CaseClosed(Later, 3, CaseOutcome.Unfounded, Some.Basis(Trigger.Unfounded, Some.Document()), null, null, 0));

        Assert.That(Synchronisation.Follow(CaseOn(AContract), AContract, Changed(k => k with { Title = "Sterilt material", Category = "Läkemedel" }), Later), Is.Empty);
        Assert.That(Synchronisation.Follow(closed, AContract, after, Later), Is.Empty);
        Assert.That(Synchronisation.Follow(CaseOn(Some.Contract("B-2")), AContract, after, Later), Is.Empty);
        Assert.That(Synchronisation.Follow(CaseOn(Some.Contract("A-1", Some.Supplier with { Id = Guid.NewGuid() })), AContract, after, Later), Is.Empty, "the contract's earlier supplier");
    }

    private static EscalationCase CaseOn(Contract contract) => EscalationCase.Evolve(null, new CaseOpened(
        Some.Start, Guid.NewGuid(), null, contract.Content.Supplier, contract.Reference(), "2026", 3, Some.Basis(Trigger.SeriousDeviation, Some.Document()), []));

    private static Contract Changed(Func<ContractContent, ContractContent> change) =>
        Contract.Evolve(AContract, new ContractSynchronised(Later, AContract.Id, AContract.Number, change(AContract.Content)));

    private static SupplierRow Row(string name, string number = "5560360793", bool? soleTrader = null) => new(number, soleTrader, new SupplierContent(name));

    private static KnownSupplier Supplier(SupplierRow row) => Supplier(Synchronisation.Synchronise(row, null, Guid.NewGuid(), Some.Start));

    private static KnownSupplier Supplier(SupplierEvent? e) => KnownSupplier.Evolve(null, e!);
}
