using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.IntegrationTests.Catalogue;

/// <summary>Natural persons among an import's suppliers: no reject keeps their numbers, and whoever is known to be one stays marked.</summary>
public sealed class ImportKeyTests
{
    private const string Foreign = "NO:0192:923609016";
    private const string Natural = "8112189876";

    private ImportBench _bench = null!;

    [SetUp]
    public async Task StartAsync() => _bench = await ImportBench.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _bench.DisposeAsync();

    [Test]
    public async Task A_supplier_said_twice_is_rejected_by_its_number_only_where_it_is_a_company()
    {
        var intake = await _bench.ReceiveAsync([.. new[] { Natural, Foreign, "5560160680" }.SelectMany(n => new[] { Supplier(n, "Ett"), Supplier(n, "Två") })]);

        Assert.That((await _bench.RejectsAsync(intake.Id)).Select(r => (r.Line, r.Rule, r.Key)),
            Is.EqualTo(new (long, string, string?)[] { (2, "duplicate", null), (4, "duplicate", null), (6, "duplicate", "5560160680") }));
    }

    [Test]
    public async Task A_supplier_that_the_database_refuses_is_rejected_by_its_number_only_where_it_is_a_company()
    {
        await _bench.Database.ScalarAsync("ALTER TABLE mt_doc_supplier ADD CHECK (name <> 'Vägras')");
        var import = await _bench.ImportAsync([Supplier(Natural, "Vägras"), Supplier(Foreign, "Vägras"), Supplier("5560160680", "Vägras")]);

        Assert.That((await _bench.RejectsAsync(import.Id)).Select(r => (r.Line, r.Rule, r.Key)),
            Is.EqualTo(new (long, string, string?)[] { (1, "notWritten", null), (2, "notWritten", null), (3, "notWritten", "5560160680") }));
    }

    [Test]
    public async Task Whom_the_region_knows_to_be_a_natural_person_is_marked_wherever_an_import_names_it()
    {
        await _bench.ImportAsync([new SupplierRow(Foreign, true, new SupplierContent("Kari Nordmann"))]);
        await _bench.ImportAsync(
        [
            new SupplierRow("5560160680", null, new SupplierContent("Exempel AB")
            {
                SubSuppliers = [new SubSupplier("Kari", Foreign, 1, null), new SubSupplier("Annan", "NO:0192:974760673", 1, null)],
                SuccessorOf = new Succession(Foreign, new DateOnly(2026, 1, 1), true, "Verksamheten övergick oförändrad."),
            }),
        ]);

        Assert.That(await _bench.Database.ScalarAsync(
            "SELECT concat_ws(' ', data -> 'content' -> 'subSuppliers' -> 0 ->> 'soleTrader', coalesce(data -> 'content' -> 'subSuppliers' -> 1 ->> 'soleTrader', '-'), data -> 'content' -> 'successorOf' ->> 'soleTrader') FROM mt_doc_supplier WHERE organisation_number = '5560160680'"),
            Is.EqualTo("true - true"));
    }

    private static SupplierRow Supplier(string number, string name) => new(number, null, new SupplierContent(name));
}
