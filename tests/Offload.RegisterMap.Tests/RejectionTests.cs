using Offload.RegisterMap.Reading;

namespace Offload.RegisterMap.Tests;

/// <summary>What is wrong in a map is refused with its file and line. Each case changes one line of a map that is right.</summary>
public sealed class RejectionTests
{
    /// <summary>A small map that is right; cases name a line of it by its number, counted from 1.</summary>
    private const string Right = """
        enums:
          - name: colour
            description: A colour.
            values:
              - {name: red, value: 0, description: Red.}
              - {name: blue, value: 3, description: Blue.}
        layouts:
          - name: inner
            description: Inner.
            fields:
              - {name: a, width: 5, description: A.}
              - {name: b, width: 2, enum: colour, description: B.}
          - name: outer
            description: Outer.
            fields:
              - {name: inner, layout: inner, description: The inner one.}
              - {name: c, width: 128, description: C.}
        counters:
          - {name: first, description: First.}
          - {name: second, description: Second.}
        block:
          name: block
          base: 0x100
          description: A block.
          registers:
            - name: one
              offset: 0x00
              access: rw
              description: One.
              fields:
                - {name: x, bits: "3:0", reset: 15, description: X.}
                - {name: y, bits: "5:4", enum: colour, description: Y.}
            - name: two
              offset: 0x04
              access: rw
              reset: 7
              description: Two.
            - name: three
              offset: 0x08
              access: wo
              count: 2
              description: Three.
            - name: four
              offset: 0x10
              access: pulse
              description: Four.
              fields:
                - {name: go, bits: "0", description: Go.}
            - name: five
              offset: 0x40
              access: ro
              window: 16
              description: Five.
            - name: six
              offset: 0x80
              access: constant
              value: 0x12
              description: Six.
            - name: seven
              offset: 0x84
              access: ro
              layout: outer
              description: Seven.
        """;

    [Fact]
    public void The_map_of_the_cases_is_right() => Assert.Empty(Errors(Right));

    [Theory]
    // Keys
    [InlineData(5, "description: Red.", "colour: Red.", "unknown key 'colour' in enum value")]
    [InlineData(27, "offset", "ofset", "unknown key 'ofset' in register")]
    [InlineData(18, "counters", "counter", "unknown key 'counter' in the file")]
    [InlineData(28, "access: rw", "access: rwx", "unknown access 'rwx'")]
    [InlineData(51, "access: ro", "access: ro\n      read_effect: pops", "unknown read_effect 'pops'", 52)]
    [InlineData(36, "reset: 7", "strobe: perhaps", "'strobe' of register must be true or false")]
    // Descriptions
    [InlineData(3, "description: A colour.", "", "enum 'colour' has no description", 2)]
    [InlineData(5, ", description: Red.", "", "enum value 'red' has no description")]
    [InlineData(9, "description: Inner.", "", "layout 'inner' has no description", 8)]
    [InlineData(11, ", description: A.", "", "field 'a' has no description")]
    [InlineData(19, ", description: First.", "", "counter 'first' has no description")]
    [InlineData(24, "description: A block.", "", "block 'block' has no description", 22)]
    [InlineData(37, "description: Two.", "", "register 'two' has no description", 33)]
    [InlineData(31, "description: X.", "description: ''", "description of field is empty")]
    // Names
    [InlineData(6, "name: blue", "name: red", "duplicate value in enum colour: 'red'")]
    [InlineData(6, "value: 3", "value: 0", "duplicate number in enum colour: '0'")]
    [InlineData(12, "name: b", "name: a", "duplicate field in layout inner: 'a'")]
    [InlineData(13, "name: outer", "name: inner", "duplicate layout: 'inner'")]
    [InlineData(20, "name: second", "name: first", "duplicate counter: 'first'")]
    [InlineData(33, "name: two", "name: one", "duplicate register in block block: 'one'")]
    [InlineData(32, "name: y", "name: x", "duplicate field 'x' in register block.one")]
    [InlineData(33, "name: two", "name: Two", "name 'Two' of register is not lower case")]
    [InlineData(33, "name: two", "name: one_x", "duplicate Verilog port: 'block_one_x'")]
    [InlineData(12, "name: b", "name: a_width", "duplicate Verilog macro: 'INNER_A_WIDTH'")]
    // Widths and bits
    [InlineData(11, "width: 5", "width: 0", "field 'a' is 0 bits wide")]
    [InlineData(11, "width: 5", "width: 129", "'width' of field is 129; the largest is 128")]
    [InlineData(11, "width: 5", "width: many", "'width' of field is not a number: 'many'")]
    [InlineData(11, "width: 5, ", "", "field 'a' must have either a width or a layout")]
    [InlineData(16, "layout: inner", "layout: inner, width: 7", "field 'inner' must have either a width or a layout")]
    [InlineData(31, "3:0", "32:0", "bits 32:0 of field 'x' are not within 31:0")]
    [InlineData(31, "3:0", "0:3", "bits 0:3 of field 'x' are not within 31:0")]
    [InlineData(31, "3:0", "3-0", "bits of field 'x' must be")]
    [InlineData(32, "5:4", "4:3", "field 'y' (4:3) overlaps 'x' (3:0)")]
    [InlineData(48, "bits: \"0\"", "bits: \"1:0\"", "field 'go' of a pulse register must be one bit")]
    // Values
    [InlineData(31, "reset: 15", "reset: 16", "reset value 16 of field 'x' does not fit its 4 bits")]
    [InlineData(36, "reset: 7", "reset: 0x100000000", "'reset' of register is 0x100000000")]
    [InlineData(6, "value: 3", "value: 4", "enum value colour.blue = 4 does not fit the 2 bits of inner.b")]
    [InlineData(48, "description: Go.", "reset: 1, description: Go.", "only fields of rw and wo registers have a reset value")]
    [InlineData(57, "value: 0x12", "value: map_hash", "map_hash needs count 8")]
    [InlineData(57, "value: 0x12", "", "a constant without fields needs a value", 54)]
    // References
    [InlineData(12, "enum: colour", "enum: color", "unknown enum 'color'")]
    [InlineData(32, "enum: colour", "enum: color", "unknown enum 'color'")]
    [InlineData(16, "layout: inner", "layout: iner", "unknown layout 'iner'")]
    [InlineData(16, "layout: inner", "layout: outer", "layout 'outer' contains itself")]
    [InlineData(62, "layout: outer", "layout: uter", "unknown layout 'uter'", 59)]
    // Addresses
    [InlineData(34, "offset: 0x04", "offset: 0x00", "register block.two at 0x0100 overlaps block.one", 33)]
    [InlineData(34, "offset: 0x04", "offset: 0x0C", "overlaps block.three, which ends at 0x0110", 33)]
    [InlineData(34, "offset: 0x04", "offset: 0x06", "offset 0x6 is not a multiple of 4")]
    [InlineData(23, "base: 0x100", "base: 0xFF80", "outside the 16-bit address space", 54)]
    [InlineData(50, "offset: 0x40", "offset: 0x20", "address 0x0120 is not a multiple of the window's size", 52)]
    [InlineData(52, "window: 16", "window: 12", "window 12 is not a power of two")]
    // Keys that do not go together
    [InlineData(51, "access: ro", "access: rw", "a window must be ro", 52)]
    [InlineData(41, "count: 2", "count: 2\n      layout: outer", "count cannot stand beside layout or window")]
    [InlineData(41, "count: 2", "count: 0", "count must be at least 1")]
    [InlineData(41, "count: 2", "count: 2\n      strobe: true", "strobe needs an rw or wo register of one word", 42)]
    [InlineData(36, "reset: 7", "read_effect: side_effect", "read_effect needs an ro register")]
    [InlineData(36, "reset: 7", "value: 7", "value needs a constant without fields")]
    [InlineData(35, "access: rw", "access: ro", "reset needs an rw or wo register", 36)]
    public void Wrong_line_is_named(int line, string right, string wrong, string message, int? reportedLine = null)
    {
        ArgumentNullException.ThrowIfNull(right);
        var lines = Right.Split('\n');
        Assert.Contains(right, lines[line - 1], StringComparison.Ordinal);
        lines[line - 1] = lines[line - 1].Replace(right, wrong, StringComparison.Ordinal);

        var errors = Errors(string.Join('\n', lines));

        Assert.Contains(errors, error =>
            error.StartsWith($"test.yaml:{reportedLine ?? line}: ", StringComparison.Ordinal) && error.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void All_errors_are_shown_in_order()
    {
        var errors = Errors(Right
            .Replace("reset: 15", "reset: 16", StringComparison.Ordinal)
            .Replace("width: 5", "width: 0", StringComparison.Ordinal)
            .Replace("window: 16", "window: 12", StringComparison.Ordinal));

        Assert.Equal(["test.yaml:11:", "test.yaml:31:", "test.yaml:52:"], errors.Select(error => error[..error.IndexOf(' ', StringComparison.Ordinal)]));
    }

    [Fact]
    public void A_register_may_not_reach_into_another_block()
    {
        var errors = Errors(
            Right,
            """
            block:
              name: next
              base: 0x180
              description: Begins where block.six lies.
              registers:
                - {name: one, offset: 0x40, access: ro, description: One.}
            """);

        Assert.Equal(2, errors.Count);
        Assert.StartsWith("test.yaml:54: register block.six ends at 0x0184, outside its block: block next begins at 0x0180", errors[0], StringComparison.Ordinal);
        Assert.StartsWith("test.yaml:59: register block.seven", errors[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Two_blocks_may_not_have_one_base()
    {
        var errors = Errors(
            Right,
            """
            block:
              name: next
              base: 0x100
              description: The same base.
              registers:
                - {name: one, offset: 0x800, access: ro, description: One.}
            """);

        Assert.StartsWith("test2.yaml:2: block next has the base of block block, 0x0100", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Software_cannot_see_an_internal_layout()
    {
        var errors = Errors(Right.Replace("layout: outer", "layout: secret", StringComparison.Ordinal), InternalLayout);
        Assert.Equal("test.yaml:59: layout 'secret' is internal; software cannot see it", Assert.Single(errors));
    }

    [Fact]
    public void An_internal_layout_may_hold_a_visible_one() => Assert.Empty(Errors(Right, InternalLayout));

    [Fact]
    public void An_internal_file_has_no_registers() =>
        Assert.Contains(Errors("internal: true\n" + Right), error => error.StartsWith("test.yaml:1: an internal file has no block", StringComparison.Ordinal));

    [Theory]
    [InlineData("a: [", "test.yaml:", "not valid YAML")]
    [InlineData("counters:\n  - {name: a, name: b, description: C.}", "test.yaml:2: ", "not valid YAML")]
    [InlineData("- a", "test.yaml:1: ", "must be one YAML document")]
    [InlineData("counters: none", "test.yaml:1: ", "must be a list")]
    [InlineData("counters:\n  - none", "test.yaml:2: ", "must have keys and values")]
    [InlineData("block: none", "test.yaml:1: ", "must have keys and values")]
    public void Text_of_another_shape_is_refused(string text, string place, string message)
    {
        var error = Assert.Single(Errors(text));
        Assert.StartsWith(place, error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_counters_fit_their_window()
    {
        const string Block = """
            block:
              name: counter
              base: 0x400
              description: Counters.
              registers:
                - {name: values, offset: 0, access: ro, window: 2, description: Values.}
            """;
        Assert.Equal(
            "test2.yaml:6: register counter.values has 2 words; 2 counters need 4", Assert.Single(Errors(Right, Block)));
        Assert.Empty(Errors(Right, Block.Replace("window: 2", "window: 4", StringComparison.Ordinal)));
    }

    private const string InternalLayout = """
        internal: true
        layouts:
          - name: secret
            description: Inside the core.
            fields:
              - {name: outer, layout: outer, description: Outer.}
        """;

    private static IReadOnlyList<string> Errors(params string[] texts) =>
        MapReader.ReadTexts([.. texts.Select((text, index) => (index == 0 ? "test.yaml" : $"test{index + 1}.yaml", text))]).Diagnostics.Messages;
}
