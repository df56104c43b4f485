using System.Text;
using Offload.Benchmarks;

namespace Offload.Engine.Tests.Figures;

/// <summary>What the benchmarks' web clients take for an answer: a failure that they did not see would be none in their rows.</summary>
public sealed class WebAnswerTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nDate: Sat, 21 Nov 2026 21:00:00 GMT\r\n\r\n123";

    [Fact]
    public void Every_beginning_of_a_right_answer_is_incomplete()
    {
        for (int length = 0; length < Answer.Length; length++)
        {
            Assert.Equal(WebAnswer.Incomplete, Judge(Answer[..length], 123));
        }

        Assert.Equal(WebAnswer.Right, Judge(Answer, 123));
    }

    [Theory]
    [InlineData(Answer, 124)]
    [InlineData(Answer + "4", 123)]
    [InlineData(Answer + Answer, 123)]
    [InlineData("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 3\r\n\r\n123", 123)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n123", 123)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n12a", 12)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0)]
    [InlineData("23", 123)]
    public void What_was_not_asked_for_is_wrong(string received, long number) => Assert.Equal(WebAnswer.Wrong, Judge(received, number));

    [Theory]
    [InlineData(0, true, "GET /0 HTTP/1.1\r\nHost: bench\r\n\r\n")]
    [InlineData(999_999, false, "GET /999999 HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")]
    public void A_request_has_its_number(long number, bool keepAlive, string request)
    {
        byte[] written = new byte[128];
        Assert.Equal(request, Encoding.ASCII.GetString(written, 0, WebAnswers.Ask(written, number, keepAlive)));
    }

    private static WebAnswer Judge(string received, long number) => WebAnswers.Judge(Encoding.ASCII.GetBytes(received), number);
}
