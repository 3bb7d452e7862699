using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Tasks;
using Toa.PlayedProvider;

namespace Toa.WhoAmI.Tests.Support;

/// <summary>Reads the answers as a program in another language does.</summary>
internal static class Answers
{
    public static Task<JsonElement> AskAsync(this HttpVisitor visitor) => visitor.Http.GetFromJsonAsync<JsonElement>("/api/me");

    public static string? Text(this JsonElement answer, string name) => answer.GetProperty(name).GetString();
}
