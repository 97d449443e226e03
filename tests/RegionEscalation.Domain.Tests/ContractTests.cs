using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Domain.Tests;

/// <summary>A contract follows the region's catalogue.</summary>
public class ContractTests
{
    private static readonly ContractContent Content = Some.Contract().Content with { Clauses = [new ContractClause(ClauseType.Penalty, "7.3")] };

    [Test]
    public void A_contract_is_what_the_catalogue_said_last()
    {
        var first = new ContractSynchronised(Some.Start, Guid.NewGuid(), "A-1", Content);
        var second = first with { At = Some.Start.AddDays(1), Content = Content with { Title = "Sterilt material" } };

        var contract = Contract.Evolve(Contract.Evolve(null, first), second);

        Assert.That((contract.Id, contract.Version, contract.Number, contract.Content.Title, contract.UpdatedAt),
            Is.EqualTo((first.ContractId, 2L, "A-1", "Sterilt material", second.At)));
    }

    [Test]
    public void The_same_clauses_in_another_list_say_the_same() =>
        Assert.That(Content.SaysTheSameAs(Content with { Clauses = [new ContractClause(ClauseType.Penalty, "7.3")] }), Is.True);

    [TestCaseSource(nameof(Changes))]
    public void Any_change_is_a_change(ContractContent changed) => Assert.That(Content.SaysTheSameAs(changed), Is.False);

    private static IEnumerable<ContractContent> Changes() =>
    [
        Content with { Title = "Sterilt material" },
        Content with { Supplier = Some.Supplier with { Name = "Leverantören i Norden AB" } },
        Content with { Category = "Läkemedel" },
        Content with { OwnerAddress = "inkop@example.org" },
        Content with { Clauses = [] },
        Content with { Clauses = [new ContractClause(ClauseType.Penalty, "7.4")] },
        Content with { Clauses = [.. Content.Clauses, .. Content.Clauses] },
        Content with { ValidFrom = new DateOnly(2025, 1, 1) },
        Content with { ValidUntil = new DateOnly(2028, 12, 31) },
        Content with { Options = [new ExtensionOption(new DateOnly(2029, 12, 31), null, false)] },
        Content with { Cpv = ["33140000"] },
        Content with { OwnerFunction = "Avtalscontroller" },
        Content with { OwnerRole = "Avtalsansvarig" },
        Content with { ParticipatingBodies = ["13"] },
        Content with { SocialClause = false },
        Content with { Value = new ContractValue(1.5m, "SEK") },
    ];

    [Test]
    public void Nothing_said_says_the_same_as_nothing_there() => Assert.That(
        Content.SaysTheSameAs(Content with { Options = [], Cpv = [], ParticipatingBodies = [] }), Is.True);

    [Test]
    public void The_order_of_a_list_is_part_of_what_it_says()
    {
        var content = Content with { Cpv = ["33140000", "33190000"] };

        Assert.That(content.SaysTheSameAs(content with { Cpv = ["33140000", "33190000"] }), Is.True);
        Assert.That(content.SaysTheSameAs(content with { Cpv = ["33190000", "33140000"] }), Is.False, "the main code stands first");
    }

    [Test]
    public void A_value_is_the_same_with_and_without_its_zeros() => Assert.That(
        (Content with { Value = new ContractValue(1.5m, "SEK") }).SaysTheSameAs(Content with { Value = new ContractValue(1.50m, "SEK") }), Is.True);

    [TestCase("33", "33")]
    [TestCase("3", "3")]
    [TestCase("330", "330")]
    [TestCase("33000000", "33")]
    [TestCase("33140000-3", "3314")]
    [TestCase("30000000", "30")]
    [TestCase("33141100", "331411")]
    public void A_whole_code_finds_those_below_it(string code, string beginning) => Assert.That(CpvCodes.Beginning(code), Is.EqualTo(beginning));
}
