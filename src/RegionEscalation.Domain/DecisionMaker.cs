namespace RegionEscalation.Domain;

/// <summary>
/// Who decides, as declared by the caller: a function, never a person's name (the token proves client, region and role).
/// </summary>
/// <param name="Function">The function that decides, such as <c>Inköpschef</c>; 1–200 characters.</param>
/// <param name="Level">The decision level: the code of a region-side dialogue partner of the case's ladder, such as <c>headOfPurchasing</c>.</param>
/// <param name="DelegationReference">The delegation the decision rests on (KL 2017:725), where there is one; at most 200 characters.</param>
public sealed record DecisionMaker(string Function, string Level, string? DelegationReference = null)
{
    /// <summary>Functions are compared without regard to case or surrounding white space.</summary>
    public static bool SameFunction(string a, string b) =>
        string.Equals(a.Trim(), b.Trim(), StringComparison.OrdinalIgnoreCase);
}
