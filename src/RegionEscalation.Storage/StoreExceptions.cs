using Npgsql;

namespace RegionEscalation.Storage;

/// <summary>Somebody else changed one of the streams first. Nothing was written; fetch and decide again.</summary>
public sealed class StreamConflictException(Exception inner) : Exception("A stream was not at its expected version.", inner);

/// <summary>The same idempotency key was used at the same time, and the other request came first. Nothing was written; its answer is stored.</summary>
public sealed class IdempotencyTwinException(Exception inner) : Exception("The idempotency key is taken.", inner);

/// <summary>An open case about the same supplier and contract was opened at the same time (R-G2). Nothing was written.</summary>
public sealed class OpenCaseExistsException(Exception inner) : Exception("There already is an open case.", inner);

/// <summary>
/// The connection failed or the server gave up after the batch was sent, so it may or may not have been committed. A retry with the same
/// idempotency key resolves it.
/// </summary>
public sealed class OutcomeUnknownException(Exception inner) : Exception("The outcome of the write is unknown.", inner);

internal static class StoreErrors
{
    private const string StreamNotAtExpectedVersion = "RE412";

    /// <summary>What a failed write means to the caller; null for what is a fault and not an answer.</summary>
    public static Exception? Translate(Exception e) => e switch
    {
        PostgresException { SqlState: StreamNotAtExpectedVersion } => new StreamConflictException(e),
        PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure } => new StreamConflictException(e),
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } unique => unique.ConstraintName switch
        {
            "idempotency_keys_pkey" => new IdempotencyTwinException(e),
            "mt_doc_escalationcase_one_open" => new OpenCaseExistsException(e),
            _ => new StreamConflictException(e),
        },
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.QueryCanceled } => new OutcomeUnknownException(e),
        PostgresException => null,
        // Whatever else breaks between sending and the answer, a broken protocol included, leaves it open what the server did.
        _ => new OutcomeUnknownException(e),
    };
}
