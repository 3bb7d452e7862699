using System.Text;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;

namespace Toa.Tool.Watching;

/// <summary>Answers GET /healthz and /metrics.</summary>
internal sealed class WatchServer(WatchState state)
{
    public Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return WriteAsync(context.Response, StatusCodes.Status405MethodNotAllowed, "Only GET and HEAD are served.\n");
        }

        return request.Path.Value switch
        {
            "/healthz" when state.Problem is { } problem =>
                WriteAsync(context.Response, StatusCodes.Status503ServiceUnavailable, $"{problem}\n"),
            "/healthz" => WriteAsync(context.Response, StatusCodes.Status200OK, $"{state.Kind}\n"),
            "/metrics" => WriteAsync(context.Response, StatusCodes.Status200OK, state.Metrics()),
            _ => WriteAsync(context.Response, StatusCodes.Status404NotFound, "There are /healthz and /metrics.\n"),
        };
    }

    private static Task WriteAsync(HttpResponse response, int status, string text)
    {
        response.StatusCode = status;
        response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        response.ContentLength = Encoding.UTF8.GetByteCount(text);
        return response.WriteAsync(text);
    }
}
