using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>Cases brought where they stand by their events alone, for tests that do not ask how they got there.</summary>
internal static class Standing
{
    public static GivenCase At(int step)
    {
        var given = GivenCase.AtStep(0);
        return step == 0 ? given : given.MovedTo(step);
    }

    public static GivenCase MovedTo(this GivenCase given, int step) =>
        given.Happened(c => new CaseEscalated(c.Now, c.State.Step, step, Some.Basis(Trigger.SeriousDeviation, Some.Document()), []));

    public static GivenCase EndedEarly(this GivenCase given, bool early = true) => given.Happened(c => new TerminationDecided(c.Now, Guid.NewGuid(), new TerminationContent(
        TerminationScope.Contract, "Ihållande leveransbrister", SwedishTime.DateOf(c.Now).AddDays(30), early, c.Now, "26RK1024-12", Some.HeadOfPurchasing)));

    public static GivenCase Sanctioned(this GivenCase given, SanctionKind kind) => given.Happened(c => new SanctionImposed(c.Now, Guid.NewGuid(), new SanctionContent(
        kind, "7.3", "Två procent per påbörjad vecka", new Amount(20000, "SEK"), c.Now, false, Some.HeadOfPurchasing)));

    /// <summary>The supplier is asked to comment, within so many days.</summary>
    public static GivenCase Asked(this GivenCase given, int days) => given.Happened(c => new SupplierAskedToComment(c.Now, Guid.NewGuid(), new CommentRequestContent(
        "Underlaget", "vd@leverantor.example", "26RK1024-8", c.Now, SwedishTime.DateOf(c.Now).AddDays(days), null)));

    public static GivenCase Heard(this GivenCase given) => given.Happened(c => new SupplierStatementReceived(c.Now, Guid.NewGuid(), new StatementContent(
        "Bristerna berodde på en brand i lagret.", "VD", c.Now, null, null, null)));
}
