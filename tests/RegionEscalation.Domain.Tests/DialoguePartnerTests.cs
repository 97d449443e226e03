using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-A4: whom to talk to at the supplier, step by step.</summary>
public class DialoguePartnerTests
{
    private static readonly string[] Levels = ["contactPerson", "aboveContactPerson", "companyManagement"];

    /// <summary>How many of the levels, from the lowest, are not high enough for the step.</summary>
    [TestCase(0, 0, false)]
    [TestCase(1, 0, true)]
    [TestCase(2, 1, true)]
    [TestCase(3, 1, true)]
    [TestCase(4, 2, true)]
    [TestCase(5, 2, true)]
    public void Each_step_wants_its_level_and_who_stands_higher_will_do(int step, int tooLow, bool missingWithout)
    {
        Assert.That(Missing(step, null), Is.EqualTo(missingWithout));
        Assert.That(Levels.Select(l => Missing(step, l)), Is.EqualTo(Levels.Select((_, i) => i < tooLow)));
    }

    [Test]
    public void The_level_is_one_of_the_ladders()
    {
        foreach (var level in new[] { "headOfPurchasing", "kejsare", "" })
            GivenCase.AtStep(0).When(Naming(level)).ThenRejected("field unknownPartner");
    }

    [Test]
    public void The_case_may_stand_where_nobody_is_named_but_nothing_is_said_to_the_supplier_there()
    {
        var given = GivenCase.AtStep(4);

        Assert.That(DialoguePartners.IsMissing(given.State, given.Context.Ladder), Is.True);
        given.When(Some.Letter(LetterRecipient.Ceo, given.Now)).ThenRejected("R-A4 partnerMissing");
        given.And(Naming("companyManagement")).When(Some.Letter(LetterRecipient.Ceo, given.Now)).Then<LetterSent>();
    }

    [Test]
    public void What_is_missing_is_said_with_its_step_and_where_it_is_met()
    {
        var rejection = GivenCase.AtStep(2).When(c => Some.Letter(LetterRecipient.Ceo, c.Now)).Decision.Rejections.Single();

        Assert.That(rejection.MetBy, Is.EqualTo("dialogue-partners"));
        Assert.That((rejection.Message.Sv, rejection.Message.En), Is.EqualTo((
            "Ingen dialogpart hos leverantören är angiven på den nivå som steg 2 kräver: aboveContactPerson.",
            "No dialogue partner at the supplier is named at the level that step 2 wants: aboveContactPerson.")));
    }

    [Test]
    public void The_edition_of_2024_wants_the_supplier_as_such_at_step_two()
    {
        var kalmar = Ladders.Find("2024-kalmar")!;
        var at = GivenCase.AtStep(1).State;

        Assert.That(Enumerable.Range(0, 6).Select(s => DialoguePartners.IsMissing(at with { Step = s }, kalmar)),
            Is.EqualTo(new[] { false, true, false, true, true, true }));
    }

    private static NamePartner Naming(string level) => new(Guid.NewGuid(), new PartnerContent(level, "Försäljningschef", "forsaljning@leverantor.example"));

    private static bool Missing(int step, string? level)
    {
        var given = GivenCase.AtStep(0);
        var state = (level is null ? given : given.And(Naming(level))).State;
        return DialoguePartners.IsMissing(state with { Step = step }, given.Context.Ladder);
    }
}
