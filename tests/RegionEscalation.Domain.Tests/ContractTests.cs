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
    ];
}
