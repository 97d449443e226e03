using System.Security.Claims;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Identity;

public class AccessRulesTests
{
    private static readonly AccessOptions Options = new()
    {
        Tenants = { ["tenant-08"] = ["08"], ["tenant-blank"] = ["", " "] },
        NationalTenants = ["tenant-national"],
        Clients =
        {
            ["two-regions"] = new ClientAccess(null, ["08", "13"]),
            ["bound"] = new ClientAccess("tenant-08", ["13"]),
            ["blank-tenant"] = new ClientAccess("", ["13"]),
            ["locked-out"] = new ClientAccess("tenant-08", []),
            ["unsaid"] = new ClientAccess("tenant-08"),
        },
    };

    [TestCase("any", "tenant-08", ExpectedResult = "08")]
    [TestCase("any", "tenant-99", ExpectedResult = "")]
    [TestCase("any", "TENANT-08", ExpectedResult = "")]
    [TestCase("any", null, ExpectedResult = "")]
    [TestCase("any", "tenant-blank", ExpectedResult = "")]
    [TestCase("two-regions", "tenant-99", ExpectedResult = "08,13")]
    [TestCase("two-regions", null, ExpectedResult = "08,13")]
    [TestCase("Two-regions", null, ExpectedResult = "")]
    [TestCase("bound", "tenant-08", ExpectedResult = "13")]
    [TestCase("bound", "tenant-99", ExpectedResult = "")]
    [TestCase("bound", null, ExpectedResult = "")]
    [TestCase("blank-tenant", null, ExpectedResult = "")]
    [TestCase("blank-tenant", "tenant-08", ExpectedResult = "")]
    [TestCase("locked-out", "tenant-08", ExpectedResult = "")]
    [TestCase("unsaid", "tenant-08", ExpectedResult = "")]
    public string A_client_entry_wins_over_its_directory_and_what_matches_nothing_gives_no_region(string client, string? tenant)
    {
        var caller = AccessRules.CallerFrom(Principal([("azp", client), .. Tenant(tenant)]), Options);

        return string.Join(',', caller!.Regions.Order(StringComparer.Ordinal));
    }

    [TestCase("any", "tenant-08", "08", ExpectedResult = true)]
    [TestCase("any", "tenant-08", "13", ExpectedResult = false)]
    [TestCase("any", "tenant-99", "08", ExpectedResult = false)]
    [TestCase("any", null, "08", ExpectedResult = false)]
    [TestCase("two-regions", null, "13", ExpectedResult = true)]
    [TestCase("bound", "tenant-08", "13", ExpectedResult = true)]
    [TestCase("bound", "tenant-08", "08", ExpectedResult = false)]
    [TestCase("bound", "tenant-99", "13", ExpectedResult = false)]
    [TestCase("locked-out", "tenant-08", "08", ExpectedResult = false)]
    [TestCase("any", "tenant-blank", "", ExpectedResult = false)]
    public bool A_client_without_a_token_may_use_what_its_token_would_give_it(string client, string? tenant, string region) =>
        AccessRules.MayUse(Options, client, tenant, region);

    [TestCase("azp=a", ExpectedResult = "a")]
    [TestCase("appid=b", ExpectedResult = "b")]
    [TestCase("client_id=c", ExpectedResult = "c")]
    [TestCase("client_id=c appid=b azp=a", ExpectedResult = "a")]
    [TestCase("client_id=c appid=b", ExpectedResult = "b")]
    [TestCase("", ExpectedResult = null)]
    [TestCase("sub=a", ExpectedResult = null)]
    [TestCase("azp= appid=b", ExpectedResult = null)]
    [TestCase("azp=a azp=b", ExpectedResult = null)]
    [TestCase("azp=a azp=a", ExpectedResult = null)]
    [TestCase("azp=a tid=x tid=y", ExpectedResult = null)]
    [TestCase("azp=a tid=x tid=x", ExpectedResult = null)]
    [TestCase("azp=a tid=", ExpectedResult = null)]
    public string? A_token_names_exactly_one_client_and_at_most_one_directory(string claims) =>
        AccessRules.CallerFrom(Principal(Parse(claims)), Options)?.ClientId;

    [TestCase("reader", ExpectedResult = "Reader")]
    [TestCase("handler", ExpectedResult = "Reader,Handler")]
    [TestCase("decider", ExpectedResult = "Reader,Handler,Decider")]
    [TestCase("coordinator", ExpectedResult = "Coordinator")]
    [TestCase("integrator", ExpectedResult = "Integrator")]
    [TestCase("reader integrator", ExpectedResult = "Reader,Integrator")]
    [TestCase("", ExpectedResult = "")]
    [TestCase("Reader DECIDER admin reader,decider 0 2", ExpectedResult = "")]
    public string Roles_include_the_lower_ones_and_unknown_ones_give_nothing(string roles)
    {
        var caller = AccessRules.CallerFrom(Principal([("azp", "a"), ("tid", "tenant-national"), .. roles.Split(' ').Select(r => ("roles", r))]), Options);

        return string.Join(',', caller!.Roles.Order());
    }

    [TestCase("a", "tenant-national", ExpectedResult = "Coordinator,NationalOffice,Auditor,Reader,Partner,Supplier")]
    [TestCase("a", "tenant-08", ExpectedResult = "Reader,Partner,Supplier")]
    [TestCase("a", "TENANT-NATIONAL", ExpectedResult = "Reader,Partner,Supplier")]
    [TestCase("a", null, ExpectedResult = "Reader,Partner,Supplier")]
    [TestCase("two-regions", "tenant-99", ExpectedResult = "Reader,Partner,Supplier")]
    public string National_roles_count_only_in_tokens_of_a_directory_that_may_assign_them(string client, string? tenant)
    {
        string[] roles = ["coordinator", "national-office", "auditor", "reader", "partner", "supplier"];
        var caller = AccessRules.CallerFrom(Principal([("azp", client), .. Tenant(tenant), .. roles.Select(r => ("roles", r))]), Options)!;

        return string.Join(',', new[] { Role.Coordinator, Role.NationalOffice, Role.Auditor, Role.Reader, Role.Partner, Role.Supplier }.Where(caller.Roles.Contains));
    }

    [Test]
    public void Claims_of_an_unauthenticated_identity_are_nobodys() =>
        Assert.That(AccessRules.CallerFrom(new ClaimsPrincipal(new ClaimsIdentity([new Claim("azp", "two-regions")])), Options), Is.Null);

    [TestCase("08", Role.Reader, "08", new[] { Role.Reader }, ExpectedResult = AccessVerdict.Granted)]
    [TestCase("08", Role.Integrator, "08", new[] { Role.Reader, Role.Integrator }, ExpectedResult = AccessVerdict.Granted)]
    [TestCase("08", Role.Reader, "08", new[] { Role.Handler }, ExpectedResult = AccessVerdict.Forbidden)]
    [TestCase("08", Role.Reader, "08", new Role[0], ExpectedResult = AccessVerdict.Forbidden)]
    [TestCase("08", Role.Reader, "08", null, ExpectedResult = AccessVerdict.Forbidden)]
    [TestCase("08", Role.Reader, "13", new[] { Role.Reader }, ExpectedResult = AccessVerdict.Invisible)]
    [TestCase("08", Role.Reader, "8", new[] { Role.Reader }, ExpectedResult = AccessVerdict.Invisible)]
    [TestCase("08", Role.Reader, "08 ", new[] { Role.Reader }, ExpectedResult = AccessVerdict.Invisible)]
    [TestCase("08", Role.Reader, "٠٨", new[] { Role.Reader }, ExpectedResult = AccessVerdict.Invisible)]
    [TestCase("VARU", Role.Reader, "varu", new[] { Role.Reader }, ExpectedResult = AccessVerdict.Invisible)]
    [TestCase("", Role.Reader, "", new[] { Role.Reader }, ExpectedResult = AccessVerdict.Invisible)]
    [TestCase("08", Role.Reader, null, new[] { Role.Reader }, ExpectedResult = AccessVerdict.Invisible)]
    [TestCase(null, Role.Coordinator, "08", new[] { Role.Coordinator }, ExpectedResult = AccessVerdict.Invisible)]
    public AccessVerdict In_a_region(string? own, Role role, string? region, Role[]? allowed) =>
        AccessRules.InRegion(Caller(own, role), region, Allowed(allowed));

    [TestCase("08", Role.Reader, null, ExpectedResult = AccessVerdict.Granted)]
    [TestCase(null, Role.Coordinator, null, ExpectedResult = AccessVerdict.Granted)]
    [TestCase("08", Role.Coordinator, new[] { Role.Coordinator }, ExpectedResult = AccessVerdict.Granted)]
    [TestCase(null, Role.Reader, null, ExpectedResult = AccessVerdict.Forbidden)]
    [TestCase("08", Role.Integrator, null, ExpectedResult = AccessVerdict.Forbidden)]
    [TestCase("08", Role.Reader, new[] { Role.Coordinator }, ExpectedResult = AccessVerdict.Forbidden)]
    [TestCase(null, Role.Coordinator, new[] { Role.Reader }, ExpectedResult = AccessVerdict.Forbidden)]
    [TestCase("08", Role.Reader, new Role[0], ExpectedResult = AccessVerdict.Forbidden)]
    public AccessVerdict Nationally(string? own, Role role, Role[]? allowed) => AccessRules.Nationally(Caller(own, role), Allowed(allowed));

    [Test]
    public void A_regional_role_without_a_region_does_not_count_beside_the_national_one()
    {
        var caller = new Caller("a", null, new HashSet<Role> { Role.Coordinator, Role.Handler }, new HashSet<string>());

        Assert.That(AccessRules.Nationally(caller, new AllowedRoles([Role.Handler])), Is.EqualTo(AccessVerdict.Forbidden));
    }

    [TestCase("08", Role.Integrator, ExpectedResult = AccessVerdict.Granted)]
    [TestCase(null, Role.Coordinator, ExpectedResult = AccessVerdict.Granted)]
    [TestCase(null, Role.Reader, ExpectedResult = AccessVerdict.Forbidden)]
    [TestCase("08", null, ExpectedResult = AccessVerdict.Forbidden)]
    public AccessVerdict What_is_shared(string? own, Role? role) => AccessRules.Shared(Caller(own, role), null);

    [Test]
    public void Nobody_gets_nothing() =>
        Assert.Multiple(() =>
        {
            Assert.That(AccessRules.InRegion(null, "08", new AllowedRoles([Role.Reader])), Is.EqualTo(AccessVerdict.Invisible));
            Assert.That(AccessRules.Nationally(null, null), Is.EqualTo(AccessVerdict.Forbidden));
            Assert.That(AccessRules.Shared(null, null), Is.EqualTo(AccessVerdict.Forbidden));
        });

    private static Caller Caller(string? region, Role? role) =>
        new("a", null, role is { } r ? new HashSet<Role> { r } : [], region is null ? new HashSet<string>() : new HashSet<string> { region });

    private static AllowedRoles? Allowed(Role[]? roles) => roles is null ? null : new AllowedRoles(roles);

    private static (string Type, string Value)[] Tenant(string? tenant) => tenant is null ? [] : [("tid", tenant)];

    private static IEnumerable<(string Type, string Value)> Parse(string claims) =>
        claims.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => c.Split('=')).Select(c => (c[0], c[1]));

    private static ClaimsPrincipal Principal(IEnumerable<(string Type, string Value)> claims) =>
        new(new ClaimsIdentity(claims.Select(c => new Claim(c.Type, c.Value)), "test"));
}
