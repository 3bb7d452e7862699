using System.Text.Json;
using System.Text.Json.Serialization;

namespace WhoAmI;

/// <summary>How answers become JSON, generated when the program is compiled.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Visit))]
[JsonSerializable(typeof(Visit[]))]
[JsonSerializable(typeof(HealthAnswer))]
// What the data of a health check may consist of.
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(ulong))]
internal sealed partial class SiteJson : JsonSerializerContext;
