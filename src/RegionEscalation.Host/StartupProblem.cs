using System.Diagnostics.CodeAnalysis;

namespace RegionEscalation.Host;

[SuppressMessage("Naming", "CA1710", Justification = "It is written out as one line to whoever starts the host, not caught as an exception.")]
public sealed class StartupProblem(string message) : Exception(message);
