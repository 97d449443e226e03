using System.Globalization;
using System.Text;
using System.Text.Json;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Tests.Behaviour;

/// <summary>What the access policy says about every reader and every field of the national register, as a document.</summary>
internal static class AccessPolicy
{
    public const string Switch = "ACCEPT_POLICY_CHANGES";
    public const string FileName = "docs/access-policy.md";

    private static readonly ReaderKind[] Readers = Enum.GetValues<ReaderKind>();

    private static readonly Dictionary<ReaderKind, Label> Names = new()
    {
        [ReaderKind.Region] = new("Region", "Region"),
        [ReaderKind.ConcernedRegion] = new("Berörd region", "Region concerned"),
        [ReaderKind.IssuingRegion] = new("Informerande region", "Notifying region"),
        [ReaderKind.Coordination] = new("Samordningsgruppen (LfU)", "Coordination group (LfU)"),
        [ReaderKind.NationalOffice] = new("Kansliet", "National office"),
        [ReaderKind.Partner] = new("Partner", "Partner"),
        [ReaderKind.Supplier] = new("Leverantören", "The supplier"),
        [ReaderKind.Auditor] = new("Granskare", "Auditor"),
    };

    private static readonly Dictionary<NationalField, Label> Fields = new()
    {
        [NationalField.Region] = new("Informerande region", "Notifying region"),
        [NationalField.CaseId] = new("Ärendets id", "The case's id"),
        [NationalField.Supplier] = new("Leverantör; enskild näringsidkare under pseudonym", "Supplier; a sole trader under a pseudonym"),
        [NationalField.Category] = new("Kategori", "Category"),
        [NationalField.Ladder] = new("Trappans utgåva", "Edition of the ladder"),
        [NationalField.Step] = new("Steg", "Step"),
        [NationalField.StepSince] = new("På steget sedan", "At the step since"),
        [NationalField.Trigger] = new("Utlösande händelse", "Trigger"),
        [NationalField.Block] = new("Spärr: omfattning och sista dag", "Block: scope and last day"),
        [NationalField.Disputed] = new("Bestritt", "Disputed"),
        [NationalField.SupplierStatementAttached] = new("Leverantören har yttrat sig", "The supplier has made a statement"),
        [NationalField.Preliminary] = new("Preliminärt", "Preliminary"),
        [NationalField.ResponsibleAddress] = new("Ansvarig funktionsadress", "Responsible function's address"),
        [NationalField.NoticeExpiresAt] = new("Informationen upphör", "The notice expires"),
        [NationalField.Notice] = new("Information till Sveriges Regioner", "Notice to Sweden's regions"),
        [NationalField.Course] = new("Tid på steg 3–5", "Stays at steps 3–5"),
        [NationalField.RegionsConcerned] = new("Berörda regioner", "Regions concerned"),
        [NationalField.Recipients] = new("Informationens mottagare", "Recipients of the notice"),
        [NationalField.Acknowledgements] = new("Kvittenser utöver den egna (R-N6)", "Acknowledgements beside one's own (R-N6)"),
        [NationalField.ConsequenceAreas] = new("Konsekvensområden", "Consequence areas"),
        [NationalField.Deviations] = new("Antal avvikelser", "Number of deviations"),
        [NationalField.PlanStatus] = new("Handlingsplanens status", "The action plan's status"),
        [NationalField.Sanctions] = new("Sanktioner, efter slag", "Sanctions, by kind"),
        [NationalField.ReturnCriteria] = new("Villkor för vägen tillbaka", "Criteria for the way back"),
        [NationalField.SupplierStatements] = new("Leverantörens yttranden utan sekretessyrkande", "The supplier's statements without a claim to secrecy"),
    };

    private static readonly Dictionary<FieldAccess, Label> Accesses = new()
    {
        [FieldAccess.Never] = new("aldrig", "never"),
        [FieldAccess.ByDecision] = new("efter beslut", "by decision"),
        [FieldAccess.Always] = new("alltid", "always"),
    };

    /// <summary>What the document says, by reader and field.</summary>
    public static IReadOnlyDictionary<(ReaderKind Reader, NationalField Field), FieldAccess> Read(string document)
    {
        var said = new Dictionary<(ReaderKind, NationalField), FieldAccess>();
        foreach (var cells in document.Split('\n').Where(l => l.StartsWith("| T", StringComparison.Ordinal)).Select(l => l.Trim('|', ' ').Split(" | ")))
        {
            var field = Enum.GetValues<NationalField>().Single(f => cells[1] == $"`{Code(f)}`");
            foreach (var (reader, cell) in Readers.Zip(cells.Skip(3)))
                said[(reader, field)] = Accesses.Single(a => Both(a.Value) == cell).Key;
        }
        return said;
    }

    public static string Document()
    {
        var text = new StringBuilder(Intro);
        foreach (var tier in Enum.GetValues<AccessTier>())
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {Heading(tier)}\n\n| Nivå / Tier | Kod / Code | Uppgift / Field | {string.Join(" | ", Readers.Select(r => Both(Names[r])))} |\n");
            text.Append(CultureInfo.InvariantCulture, $"| --- | --- | --- |{string.Concat(Readers.Select(_ => " --- |"))}\n");
            foreach (var field in Enum.GetValues<NationalField>().Where(f => NationalAccessPolicy.TierOf(f) == tier))
            {
                text.Append(CultureInfo.InvariantCulture, $"| {tier} | `{Code(field)}` | {Both(Fields[field])} | ");
                text.Append(CultureInfo.InvariantCulture, $"{string.Join(" | ", Readers.Select(r => Both(Accesses[NationalAccessPolicy.Of(r, field, LadderDefinition.FirstNationalStep)])))} |\n");
            }
        }
        return text.ToString();
    }

    private static string Heading(AccessTier tier) => tier == AccessTier.T0 ? "T0: signal och information / signal and notice" : "T1: sammanfattning / summary";

    private static string Both(Label label) => label.Sv == label.En ? label.Sv : $"{label.Sv} / {label.En}";

    private static string Code(NationalField field) => JsonNamingPolicy.CamelCase.ConvertName($"{field}");

    private const string Intro = $"""
        # Åtkomstpolicyn / The access policy

        Vem som får läsa vad i det nationella registret. Dokumentet **skrivs av testerna ur koden som bestämmer** och jämförs med den vid varje körning; efter en
        avsedd ändring körs domäntesterna en gång med `{Switch}=1`, som skriver om det, och skillnaden granskas som kod.

        Who may read what in the national register. This document is **generated by the tests from the code that decides** and compared with it at every run;
        after an intended change run the domain tests once with `{Switch}=1`, which rewrites it, and review the difference like code.

        - **alltid / always**: läsaren ser uppgiften om varje ärende på steg 3–5. / The reader sees the field of every case at steps 3–5.
        - **efter beslut / by decision**: bara med ett gällande utlämnandebeslut för läsaren (R-N5), medan information till Sveriges Regioner gäller. / Only under a
          decision to disclose that is in force for the reader (R-N5), while a notice to Sweden's regions stands.
        - **aldrig / never**: läsaren ser det inte, vad som än har beslutats. / The reader does not see it, whatever was decided.
        - Steg 3, 4 och 5 är lika. Av ett ärende på **steg 0–2 ser ingen läsare något**. Det som redan lämnats ut om ett ärende som har gått under steg 3, som
          informationen, beskedet om att faran är över och tiden på steg 3–5, följer samma tabell tills det upphör. / Steps 3, 4 and 5 are alike. Of a case at
          **steps 0–2 no reader sees anything**. What was told already of a case that has gone below step 3, such as the notice, the all-clear and its stays at
          steps 3–5, follows the same table until it ends.
        - Ett ärende som avslutats som avslutat samarbete på steg 5 syns tills informationen upphör. / A case closed as terminated at step 5 is visible until its
          notice expires.
        - En berörd region har avtal med leverantören eller ett eget ärende på steg 3–5 om den. / A region concerned has a contract with the supplier, or a case of
          its own at steps 3–5 about it.
        - Den informerande regionen är en berörd region som själv har lämnat informationen; den ser vilka som har kvitterat. / The notifying region is a region
          concerned that issued the notice itself; it sees who has acknowledged.
        - Det som inte står här lämnar ingen region. / What is not here leaves no region.

        """;
}
