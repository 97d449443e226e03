namespace RegionEscalation.Domain.National;

/// <summary>That something became, changed or ceased to be visible; not what it says.</summary>
/// <param name="Type">The versioned name of what happened.</param>
/// <param name="NoticeId">Of what happened to a notice; null for the case itself.</param>
/// <param name="Audience">Who may know of it: keys of readers, and <see cref="NationalChanges.Regions"/>.</param>
public sealed record RegisterChange(string Type, Guid? NoticeId, IReadOnlyList<string> Audience);

/// <summary>What the national change feed tells of a case (T0): for each reader what became, changed or ceased to be visible to it.</summary>
public static class NationalChanges
{
    /// <summary>Every region's readers, in an audience.</summary>
    public const string Regions = "regions";

    public const string CaseAppeared = "national-case-appeared.v1";
    public const string CaseChanged = "national-case-changed.v1";
    public const string CaseRemoved = "national-case-removed.v1";
    public const string NoticeAppeared = "national-notice-appeared.v1";
    public const string NoticeChanged = "national-notice-changed.v1";
    public const string NoticeRemoved = "national-notice-removed.v1";

    private const string PartnerPrefix = "partner:";

    /// <summary>Everybody who sees all that the register holds (T0); a change for others alone leaves it visible to them.</summary>
    public static IReadOnlyList<string> Everywhere { get; } = [Regions, NationalReader.Coordination.Key, NationalReader.Office.Key];

    /// <summary>
    /// One change for all those to whom the same happens. What is removed comes first, so that whoever reads as two, such as two suppliers that a case
    /// goes from one to the other of, ends with what it sees.
    /// </summary>
    /// <param name="before">What the register held of the case, with the disclosures that counted then.</param>
    /// <param name="after">What it holds of it from now on; a disclosure that has run out by then counts no longer, whether or not that has been noted.</param>
    /// <param name="at">When it changes, UTC.</param>
    public static IReadOnlyList<RegisterChange> Between(NationalRecord before, NationalRecord after, DateTimeOffset at)
    {
        after = InForce(after, at);
        var (told, tells) = (before.Notice, after.Notice);
        return
        [
            .. Of(CaseRemoved, CaseChanged, CaseAppeared, null, AudienceOfCase(before), AudienceOfCase(after), before.Signal == after.Signal),
            .. told?.NoticeId == tells?.NoticeId
                ? OfNotice(tells?.NoticeId, AudienceOfNotice(before), AudienceOfNotice(after), told == tells)
                // A new notice takes the place of the old one.
                : [.. OfNotice(told?.NoticeId, AudienceOfNotice(before), [], false), .. OfNotice(tells?.NoticeId, [], AudienceOfNotice(after), false)],
        ];
    }

    /// <summary>The record with the disclosures that have not run out.</summary>
    /// <param name="at">UTC.</param>
    public static NationalRecord InForce(NationalRecord record, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record with { Disclosures = [.. record.Disclosures.Where(d => d.ExpiresAt > at)] };
    }

    private static IEnumerable<RegisterChange> OfNotice(Guid? id, string[] before, string[] after, bool same) =>
        Of(NoticeRemoved, NoticeChanged, NoticeAppeared, id, before, after, same);

    private static IEnumerable<RegisterChange> Of(string removed, string changed, string appeared, Guid? noticeId, string[] before, string[] after, bool same) =>
        from change in new (string Type, string[] Audience)[]
        {
            (removed, [.. before.Except(after)]),
            (changed, same ? [] : [.. before.Intersect(after)]),
            (appeared, [.. after.Except(before)]),
        }
        where change.Audience.Length > 0
        select new RegisterChange(change.Type, noticeId, change.Audience);

    private static string[] AudienceOfCase(NationalRecord record) =>
        record.Signal is { } signal ? Audience(signal.SupplierNumber, record.Disclosures.Select(d => d.Recipient)) : [];

    /// <summary>Whoever was sent a notice also sees what became of it.</summary>
    private static string[] AudienceOfNotice(NationalRecord record) =>
        record.Notice is { } notice ? Audience(notice.Payload.SupplierNumber, [.. record.Disclosures.Select(d => d.Recipient), .. record.Recipients]) : [];

    private static string[] Audience(string? supplierNumber, IEnumerable<string> disclosedTo) =>
    [
        .. Everywhere,
        .. supplierNumber is null ? [] : new[] { new NationalReader(ReaderKind.Supplier, supplierNumber).Key },
        .. disclosedTo.Where(key => key.StartsWith(PartnerPrefix, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal),
    ];
}
