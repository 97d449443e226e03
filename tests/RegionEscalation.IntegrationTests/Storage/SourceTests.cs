using System.Text.RegularExpressions;

namespace RegionEscalation.IntegrationTests.Storage;

/// <summary>What must not stand in the source at all.</summary>
public sealed partial class SourceTests
{
    private static readonly string Root = RootOf(AppContext.BaseDirectory);

    private static readonly (string Path, string Text)[] Source = FilesOf("src", "*.cs");

    private static readonly (string Path, string Text)[] Migrations = FilesOf("src", "*.sql");

    /// <summary>Fixed texts joined to fixed texts and parameter numbers; whoever adds a line here has looked at where its parts come from.</summary>
    private static readonly string[] JoinedFromFixedTexts =
    [
        "BatchedQuery.cs: \"SELECT count(*) \" + from",
        "BatchedQuery.cs: \"SELECT data \" + from",
    ];

    [Test]
    public void There_is_source_to_look_at() => Assert.That((Source.Length, Migrations.Length), Is.GreaterThan((50, 3)));

    [TestCase("EnableErrorBarriers", "", TestName = "Trap_3_no_batch_has_error_barriers")]
    [TestCase("pg_(try_)?advisory", "Migrator.cs", TestName = "Trap_8_advisory_locks_are_the_migrators_alone")]
    [TestCase(@"BeginTransaction|\bBEGIN\b;|\bCOMMIT\b;", "Migrator.cs StreamVerifier.cs StreamRebuilder.cs FeedRebase.cs", TestName = "Trap_17_no_explicit_transaction_writes_outside_migration_and_rebuild")]
    [TestCase("(?i:serializable)(?!r)", "", TestName = "Trap_18_nothing_rests_on_SERIALIZABLE")]
    [TestCase("(?i:SET ROLE|SET SESSION AUTHORIZATION)", "", TestName = "Rule_10_no_role_is_changed")]
    [TestCase(@"(?i:\bnotify\b.*\bchannel|pg_notify|""\s*(un)?listen\b|WaitAsync\(.*Npgsql|\.Notification \+=)", "ChangeWatcher.cs", TestName = "Trap_15_nothing_is_sent_or_listened_to")]
    [TestCase(@"set_config\('app\.region', \$1, false|(?i:SET (SESSION )?app\.region)", "", TestName = "Rule_3_the_region_is_set_for_the_transaction_only")]
    [TestCase(@"ON CONFLICT DO NOTHING", "", TestName = "Traps_2_and_14_no_conflict_is_swallowed")]
    [TestCase(@"DateTime\.(Utc)?Now|DateTimeOffset\.(Utc)?Now", "DevelopmentIdentity.cs Demo.cs", TestName = "Rule_9_the_clock_is_asked_through_TimeProvider")]
    public void Only_the_files_named_contain(string pattern, string files) => Assert.That(
        Source.Concat(Migrations).Where(f => Regex.IsMatch(WithoutComments(f.Text), pattern)).Select(f => Path.GetFileName(f.Path)).Except(files.Split(' ')), Is.Empty);

    [Test]
    public void Trap_17_the_verifiers_transaction_only_reads() => Assert.That(
        Source.Single(f => f.Path.EndsWith("StreamVerifier.cs", StringComparison.Ordinal)).Text, Does.Not.Match(@"\b(INSERT|UPDATE|DELETE)\b"));

    [Test]
    public void Trap_14_the_migrations_make_no_view_and_no_function_of_its_owners_rights() => Assert.That(
        Migrations.Where(m => Regex.IsMatch(WithoutComments(m.Text), @"(?i)\bVIEW\b|SECURITY DEFINER|\bIMMUTABLE\b|\bTRUNCATE\b|PARTITION")), Is.Empty);

    [Test]
    public void Trap_16_no_statement_is_interpolated() => Assert.That(
        from file in WithSql()
        from Match literal in Interpolated().Matches(WithoutComments(file.Text))
        where Statement().IsMatch(literal.Value)
        select Path.GetFileName(file.Path) + ": " + literal.Value, Is.Empty);

    [Test]
    public void Trap_16_no_statement_is_put_together_but_from_the_fixed_texts_known_here() => Assert.That(
        from file in WithSql()
        from Match literal in Concatenated().Matches(WithoutComments(file.Text))
        where Statement().IsMatch(literal.Value)
        select Path.GetFileName(file.Path) + ": " + literal.Value.Trim(), Is.SubsetOf(JoinedFromFixedTexts));

    /// <summary>The two builders of conditions take their texts from literals at the place of the call.</summary>
    [Test]
    public void Trap_16_conditions_are_fixed_texts()
    {
        var calls = WithSql().SelectMany(f => Condition().Matches(WithoutComments(f.Text)).Select(m => m.Value)).ToArray();

        Assert.That(calls, Has.Length.GreaterThan(15));
        Assert.That(calls.Where(c => !c.EndsWith('"') && !c.Contains("(string ", StringComparison.Ordinal) && c != ".And(filter" && c != ".And(supplier" && !c.Contains("(SupplierKey", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Trap_16_the_scan_finds_what_it_looks_for()
    {
        Assert.That(Interpolated().Match("x = $\"SELECT {y}\";").Value, Does.Match(Statement().ToString()));
        Assert.That(Interpolated().Match("x = $\"\"\"\n  DELETE {y}\n \"\"\";").Value, Does.Match(Statement().ToString()));
        Assert.That(Interpolated().Match("x = @$\"SELECT {y}\";").Value, Does.Match(Statement().ToString()));
        Assert.That(Concatenated().Match("a + \" WHERE x = \";").Value, Does.Match(Statement().ToString()));
        Assert.That(Concatenated().Match("\"DELETE FROM \" + a;").Value, Does.Match(Statement().ToString()));
        Assert.That(Concatenated().Match("string.Format(\"SELECT {0}\", a)").Value, Does.Match(Statement().ToString()));
    }

    [Test]
    public void Trap_11_one_test_project_alone_starts_a_database()
    {
        var starting = FilesOf("tests", "*.cs").Where(f => f.Text.Contains("EmbeddedPostgres.StartAsync", StringComparison.Ordinal))
            .Select(f => Path.GetRelativePath(Path.Combine(Root, "tests"), f.Path).Split(Path.DirectorySeparatorChar)[0]).Distinct();

        Assert.That(starting.Except(["RegionEscalation.Benchmarks"]), Is.EqualTo(new[] { "RegionEscalation.IntegrationTests" }), "the benchmark is run by hand and is no test");
    }

    private static IEnumerable<(string Path, string Text)> WithSql() => Source.Where(f => Regex.IsMatch(f.Path, @"RegionEscalation\.(Storage|NationalApi|Integrations)[/\\]"));

    private static string WithoutComments(string text) => Regex.Replace(text, @"(?m)(^|\s)(//|--).*$", "");

    private static (string Path, string Text)[] FilesOf(string folder, string pattern) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(f => !Regex.IsMatch(f, @"[/\\](obj|bin)[/\\]")).Select(f => (f, File.ReadAllText(f))),
    ];

    private static string RootOf(string folder) => File.Exists(Path.Combine(folder, "RegionEscalation.sln"))
        ? folder
        : RootOf(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The repository root was not found."));

    [GeneratedRegex("""@?\$+@?(\"{3,}[\s\S]*?\"{3,}|\"(\\.|[^\"\\])*\")""")]
    private static partial Regex Interpolated();

    [GeneratedRegex("""(\+\s*\"(\\.|[^\"\\\n])*\")|(\"(\\.|[^\"\\\n])*\"\s*\+\s*\w+)|((string\.Format|Append\w*)\(\s*\"(\\.|[^\"\\\n])*\")|(\"{3}\s*\+)""")]
    private static partial Regex Concatenated();

    [GeneratedRegex("""(\.And|(?<!new |\.|class )\bWhere(<\w+>)?)\(((\w+ )?\w+ \w+|\"[^\"]*\"|\w+)""")]
    private static partial Regex Condition();

    [GeneratedRegex("""\b(SELECT|INSERT|UPDATE|DELETE|WHERE|FROM|SET)\b|\"{3}\s*\+""")]
    private static partial Regex Statement();
}
