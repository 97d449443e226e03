using System.Security.Cryptography;
using System.Text;
using Npgsql;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Domain.WatchList;

namespace RegionEscalation.Storage;

/// <summary>
/// Writes a stream's snapshot and national rows anew from its events, and tells the national change feed where others see something else by that:
/// after the shape of a snapshot has changed, or when <see cref="StreamVerifier"/> has found a difference. Events are never touched.
/// </summary>
public static class StreamRebuilder
{
    /// <summary>Writes everything of the region anew.</summary>
    /// <returns>How many streams were rebuilt.</returns>
    public static async Task<int> RebuildAsync(string connectionString, RegionScope scope, CancellationToken cancellationToken)
    {
        // A commit that waits for its standby must not be cancelled by a client-side timeout.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return await RebuildAsync(connection, scope, cancellationToken);
    }

    /// <summary>
    /// Writes the snapshots of every region anew when their shape is not this build's, so that adding a member to a state needs no
    /// thought of what is stored. To be called under the migrations' lock.
    /// </summary>
    internal static async Task RebuildAfterChangeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using (var read = new NpgsqlCommand("SELECT shape FROM snapshot_shapes WHERE name = 'snapshots'", connection))
        {
            if (await read.ExecuteScalarAsync(cancellationToken) as string == Shape)
                return;
        }
        foreach (var region in Region.All)
            await RebuildAsync(connection, RegionScope.For(region.Code), cancellationToken);
        await using var write = new NpgsqlCommand(
            """
            INSERT INTO snapshot_shapes (name, shape) VALUES ('snapshots', $1)
            ON CONFLICT (name) DO UPDATE SET shape = excluded.shape, rebuilt_at = now()
            """, connection) { Parameters = { Sql.Text(Shape) } };
        await write.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A digest of the JSON schemas of every state, of the national record and of the columns beside them, taken from what writes them so that nobody has to remember it.</summary>
    private static string Shape { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(
        [.. new[] { typeof(EscalationCase), typeof(Deviation), typeof(Contract), typeof(KnownSupplier), typeof(LadderSettingsState), typeof(WatchEntry), typeof(NationalRecord) }.Select(StoreJson.SchemaOf), Snapshots.Statements]))));

    private static async Task<int> RebuildAsync(NpgsqlConnection connection, RegionScope scope, CancellationToken cancellationToken)
    {
        var streams = await StreamsAsync(connection, scope, cancellationToken);
        var rebuilt = 0;
        foreach (var (id, type) in streams)
        {
            try
            {
                await RebuildAsync(connection, scope, id, type, cancellationToken);
                rebuilt++;
            }
            // Damaged events fail in as many ways as there is code that reads them. One such stream must not keep every region's
            // hosts from starting; it stays as it is, and the verification reports it.
            catch (Exception e) when (e is not (NpgsqlException or OperationCanceledException))
            {
            }
        }
        return rebuilt;
    }

    private static async Task RebuildAsync(NpgsqlConnection connection, RegionScope scope, Guid id, string type, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var events = new List<(string Type, string Data)>();
        NationalRecord stored;
        await using (var read = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                RegionSession.SetRegion(scope),
                // Writers of the stream wait until its snapshot is the one that belongs to its version.
                new NpgsqlBatchCommand("SELECT version FROM mt_streams WHERE tenant_id = $1 AND id = $2 FOR UPDATE") { Parameters = { Sql.Text(scope.Region), Sql.Uuid(id) } },
                new NpgsqlBatchCommand("SELECT type, data FROM mt_events WHERE tenant_id = $1 AND stream_id = $2 ORDER BY version") { Parameters = { Sql.Text(scope.Region), Sql.Uuid(id) } },
                StoredRecord.Query(scope, id),
            },
        })
        await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
        {
            await reader.NextResultAsync(cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                events.Add((reader.GetString(0), reader.GetString(1)));
            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            stored = StoredRecord.Read(reader);
        }

        await using (var write = new NpgsqlBatch(connection, transaction))
        {
            foreach (var command in Documents(scope, Streams.Replay(type, events), stored))
                write.BatchCommands.Add(command);
            await write.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(CancellationToken.None);
    }

    private static NpgsqlBatchCommand[] Documents(RegionScope scope, object? state, NationalRecord stored) => state switch
    {
        EscalationCase c => [Snapshots.Upsert(scope, c), .. NationalRegister.Write(scope, c, stored, TimeProvider.System.Now())],
        Deviation d => [Snapshots.Upsert(scope, d), .. ExternalRegistrationRows.Write(scope, d)],
        Contract k => [.. CatalogueDocuments.Rewrite(scope, k), .. NationalRegister.Write(scope, k)],
        KnownSupplier s => [.. CatalogueDocuments.Rewrite(scope, s)],
        LadderSettingsState s => [Snapshots.Upsert(scope, s)],
        WatchEntry w => [Snapshots.Upsert(scope, w)],
        _ => throw new InvalidDataException("A stream has no events."),
    };

    private static async Task<List<(Guid Id, string Type)>> StreamsAsync(NpgsqlConnection connection, RegionScope scope, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                RegionSession.SetRegion(scope),
                new NpgsqlBatchCommand("SELECT id, type FROM mt_streams WHERE tenant_id = $1 ORDER BY id") { Parameters = { Sql.Text(scope.Region) } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var streams = new List<(Guid, string)>();
        while (await reader.ReadAsync(cancellationToken))
            streams.Add((reader.GetGuid(0), reader.GetString(1)));
        return streams;
    }
}
