using System.IO.Compression;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.Integrations.Catalogue.Reading;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Catalogue;

public sealed class GzipFileTests
{
    private const long Megabyte = 1024 * 1024;
    private static readonly byte[] Plain = Files.Utf8(string.Join('\n', Enumerable.Range(0, 300).Select(i => Files.Line($"A-{i}"))));

    [Test]
    public async Task A_whole_file_is_read_in_one_member_or_several_however_it_comes()
    {
        byte[] parts = [.. Files.Gzip(Plain[..1000]), .. Files.Gzip(Plain[1000..])];
        var expected = (await ReadAsync(Files.Gzip(Plain))).Cast<ReadRow.Good>().Select(g => $"{g.Line} {g.Row}").ToArray();

        Assert.That(expected, Has.Length.EqualTo(300));
        foreach (var size in new[] { 1, 2, 3, 17, 18, 8191, 8192 })
            foreach (var file in new[] { Files.Gzip(Plain), parts })
            {
                var rows = await Files.ReadAsync(new Trickle(file.Chunk(size)), ImportFormat.Ndjson, gzip: true);
                Assert.That(rows.Cast<ReadRow.Good>().Select(g => $"{g.Line} {g.Row}"), Is.EqualTo(expected), $"{size}");
            }
    }

    [Test]
    public async Task A_file_cut_off_anywhere_is_refused()
    {
        var whole = Files.Gzip(Plain);
        var ends = Enumerable.Range(1, 40).Concat(Enumerable.Range(whole.Length - 40, 40)).Append(whole.Length / 2);

        foreach (var end in ends)
        {
            var refused = await Files.RefusedAsync(() => ReadAsync(whole[..end]));
            Assert.That((refused.Status, refused.Rule), Is.EqualTo((400, "gzip")), $"{end} of {whole.Length}");
        }
    }

    [Test]
    public async Task A_stored_file_cut_off_is_refused()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.NoCompression))
            gzip.Write(Plain);
        var refused = await Files.RefusedAsync(() => ReadAsync(packed.ToArray()[..(Plain.Length / 2)]));

        Assert.That((refused.Status, refused.Rule), Is.EqualTo((400, "gzip")));
    }

    [TestCase(new byte[] { 0 })]
    [TestCase(new byte[] { 0x1F })]
    [TestCase(new byte[] { 0x1F, 0x8B })]
    [TestCase(new byte[] { (byte)'\n' })]
    [TestCase(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 })]
    public async Task A_file_with_something_behind_it_is_refused(byte[] behind)
    {
        var refused = await Files.RefusedAsync(() => ReadAsync([.. Files.Gzip(Plain), .. behind]));

        Assert.That((refused.Status, refused.Rule), Is.EqualTo((400, "gzip")));
    }

    [Test]
    public async Task A_damaged_file_and_one_that_is_no_gzip_are_refused()
    {
        var whole = Files.Gzip(Plain);
        foreach (var place in new[] { 0, 1, 2, whole.Length / 2, whole.Length - 8, whole.Length - 5, whole.Length - 1 })
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 0x55;
            var refused = await Files.RefusedAsync(() => ReadAsync(damaged));
            Assert.That((refused.Status, refused.Rule), Is.EqualTo((400, "gzip")), $"{place}");
        }
        Assert.That((await Files.RefusedAsync(() => ReadAsync(Plain))).Rule, Is.EqualTo("gzip"));
    }

    [Test]
    public async Task A_bomb_is_refused_by_its_ratio_and_takes_no_memory()
    {
        using var file = new Trickle(Bomb(1000).Chunk(4096));
        var refused = await Files.RefusedAsync(() => Files.ReadAsync(file, ImportFormat.Ndjson, gzip: true));

        Assert.That((refused.Status, refused.Rule), Is.EqualTo((413, "ratio")));
        Assert.That(file.Most, Is.LessThan(32 * Megabyte));
    }

    [Test]
    public async Task A_bomb_whose_ratio_is_allowed_is_refused_by_its_size_and_takes_no_memory()
    {
        using var file = new Trickle(Bomb(1100).Chunk(4096));
        var refused = await Files.RefusedAsync(() => Files.ReadAsync(file, ImportFormat.Ndjson, gzip: true, limits: new CatalogueFileLimits(Ratio: 100_000)));

        Assert.That((refused.Status, refused.Rule), Is.EqualTo((413, "bytes")));
        Assert.That(file.Most, Is.LessThan(32 * Megabyte));
    }

    [Test]
    public async Task Compressed_too_a_file_has_its_limit()
    {
        var whole = Files.Gzip(Plain);
        var refused = await Files.RefusedAsync(() => Files.ReadAsync(new MemoryStream(whole), ImportFormat.Ndjson, gzip: true, limits: new CatalogueFileLimits(CompressedBytes: whole.Length - 1)));

        Assert.That((refused.Status, refused.Rule), Is.EqualTo((413, "bytes")));
    }

    [Test]
    public async Task Far_below_the_size_from_which_it_counts_any_ratio_is_right()
    {
        var refused = await Files.RefusedAsync(() => ReadAsync(Bomb(9)));

        Assert.That(refused.Rule, Is.EqualTo("empty"));
    }

    private static Task<List<ReadRow>> ReadAsync(byte[] file) => Files.ReadAsync(new MemoryStream(file), ImportFormat.Ndjson, gzip: true);

    /// <summary>Blank lines, a thousand times as large as what is sent.</summary>
    private static byte[] Bomb(int megabytes)
    {
        var blank = new byte[Megabyte];
        Array.Fill(blank, (byte)'\n');
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            for (var i = 0; i < megabytes; i++)
                gzip.Write(blank);
        return packed.ToArray();
    }
}
