using System.Text.Json;
using System.Text.Json.Serialization;

namespace WhoAmI;

/// <summary>Converts answers to JSON, with code that is generated at build time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Visit))]
[JsonSerializable(typeof(Visit[]))]
[JsonSerializable(typeof(HealthAnswer))]
// The types of values in the data of a health check.
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(ulong))]
internal sealed partial class SiteJson : JsonSerializerContext;
