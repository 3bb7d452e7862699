using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Toa.Tool.Balancing;
using Toa.Tool.Balancing.Control;
using Toa.Tool.Balancing.Demo;
using Toa.Tool.Commands;
using Toa.Tool.Doctor;
using Toa.Tool.Listening;
using Toa.Tool.Live;
using Toa.Tool.Provider;
using Toa.Tool.Watching;

namespace Toa.Tool.Output;

/// <summary>
/// The output of <c>--json</c>, and the bodies on the control socket of a balancer. Scripts rely on the names of the fields. All fields are always present.
/// </summary>
[JsonSerializable(typeof(StatsDocument))]
[JsonSerializable(typeof(TableDocument))]
[JsonSerializable(typeof(DecodeEvent))]
[JsonSerializable(typeof(WiresharkDocument))]
[JsonSerializable(typeof(ListenEvent))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(ProviderDocument))]
[JsonSerializable(typeof(ActionDocument))]
[JsonSerializable(typeof(KeyDocument))]
[JsonSerializable(typeof(BalancerEvent))]
[JsonSerializable(typeof(DemoEvent))]
[JsonSerializable(typeof(FlowsDocument))]
[JsonSerializable(typeof(BackEndsDocument))]
[JsonSerializable(typeof(CountersDocument))]
[JsonSerializable(typeof(FaultsDocument))]
[JsonSerializable(typeof(WeightRequest))]
[JsonSerializable(typeof(DrainRequest))]
[JsonSerializable(typeof(DrainEvent))]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(ExporterEvent))]
[JsonSerializable(typeof(WatchEvent))]
[JsonSerializable(typeof(LiveEvent))]
internal sealed partial class ToolJson : JsonSerializerContext
{
    /// <summary>Writes strings without HTML escapes, because the output is not part of a web page.</summary>
    public static ToolJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Refuses requests with unknown fields, or with a field twice: they are mistakes.</summary>
    public static ToolJson Strict { get; } = new(new JsonSerializerOptions(Plain.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
    });

    /// <summary>Writes a document on its own line.</summary>
    public static void Write<T>(Terminal terminal, T document, JsonTypeInfo<T> type) =>
        terminal.Output.WriteLine(JsonSerializer.Serialize(document, type));
}
