using Npgsql;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Storage;

/// <summary>
/// Writes a stream's snapshot and national row anew from its events: after the shape of a snapshot has changed, or when
/// <see cref="StreamVerifier"/> has found a difference. Events are never touched.
/// </summary>
public sealed class StreamRebuilder(string connectionString)
{
    /// <returns>How many streams of the region were rebuilt.</returns>
    public async Task<int> RebuildAsync(RegionScope scope, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        var streams = await StreamsAsync(connection, scope, cancellationToken);
        foreach (var (id, type) in streams)
            await RebuildAsync(connection, scope, id, type, cancellationToken);
        return streams.Count;
    }

    private static async Task RebuildAsync(NpgsqlConnection connection, RegionScope scope, Guid id, string type, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var events = new List<object>();
        await using (var read = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                RegionSession.SetRegion(scope),
                // Writers of the stream wait until its snapshot is the one that belongs to its version.
                new NpgsqlBatchCommand("SELECT version FROM mt_streams WHERE tenant_id = $1 AND id = $2 FOR UPDATE") { Parameters = { Sql.Text(scope.Region), Sql.Uuid(id) } },
                new NpgsqlBatchCommand("SELECT type, data FROM mt_events WHERE tenant_id = $1 AND stream_id = $2 ORDER BY version") { Parameters = { Sql.Text(scope.Region), Sql.Uuid(id) } },
            },
        })
        await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
        {
            await reader.NextResultAsync(cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                events.Add(EventTypes.Read(reader.GetString(0), reader.GetString(1)));
        }

        await using (var write = new NpgsqlBatch(connection, transaction))
        {
            foreach (var command in Documents(scope, type, events))
                write.BatchCommands.Add(command);
            await write.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(CancellationToken.None);
    }

    private static IEnumerable<NpgsqlBatchCommand> Documents(RegionScope scope, string type, IEnumerable<object> events)
    {
        switch (type)
        {
            case "escalation_case":
                var escalationCase = events.Cast<CaseEvent>().Aggregate((EscalationCase?)null, EscalationCase.Evolve)!;
                yield return Snapshots.Upsert(scope, escalationCase);
                yield return NationalRegister.Write(scope, NationalAccessPolicy.SignalOf(escalationCase), escalationCase);
                break;
            case "deviation":
                yield return Snapshots.Upsert(scope, events.Cast<DeviationEvent>().Aggregate((Deviation?)null, Deviation.Evolve)!);
                break;
            case "contract":
                yield return Snapshots.Upsert(scope, events.Cast<ContractEvent>().Aggregate((Contract?)null, Contract.Evolve)!);
                break;
            default:
                throw new InvalidDataException($"The stream type {type} is unknown to this build.");
        }
    }

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
