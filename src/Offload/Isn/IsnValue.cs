namespace Offload.Isn;

/// <summary>What the core makes for a connection out of key, tuple and time.</summary>
/// <param name="Iss">The initial sequence number (RFC 6528).</param>
/// <param name="TimestampOffset">What is added to the clock of 1.024 ms where timestamps are agreed (RFC 7323 5.4).</param>
public readonly record struct IsnValue(uint Iss, uint TimestampOffset);
