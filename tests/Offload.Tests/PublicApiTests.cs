using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Offload.Boards;

namespace Offload.Tests;

/// <summary>The public API is listed in PublicApi.txt, so that a change of it is seen. Members of the generated register map are left to its own test.</summary>
public sealed class PublicApiTests
{
    private const string AcceptVariable = "OFFLOAD_ACCEPT_PUBLIC_API";

    [Fact]
    public void The_public_api_is_the_listed_one()
    {
        string path = Path.Combine(Path.GetDirectoryName(PathOfThisFile())!, "PublicApi.txt");
        string[] actual = [.. Describe(typeof(OffloadBoard).Assembly)];
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            File.WriteAllLines(path, actual);
        }

        string[] listed = File.Exists(path) ? File.ReadAllLines(path) : [];
        string difference = string.Join('\n', listed.Except(actual).Select(line => "- " + line).Concat(actual.Except(listed).Select(line => "+ " + line)));
        Assert.True(
            difference.Length == 0 && listed.Length == actual.Length,
            $"The public API differs from PublicApi.txt. If that is meant, run this test with {AcceptVariable}=1 and commit the file.\n{difference}");
    }

    [Fact]
    public void The_listing_shows_members_and_leaves_out_the_register_map()
    {
        string[] lines = [.. Describe(typeof(OffloadBoard).Assembly)];
        Assert.Contains(lines, line => line.Contains("OffloadBoard.OpenAsync(", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("HolderSession", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("RegisterMap+", StringComparison.Ordinal));
    }

    private static string PathOfThisFile([CallerFilePath] string path = "") => path;

    private static IEnumerable<string> Describe(Assembly assembly)
    {
        List<string> lines = [];
        foreach (Type type in assembly.GetExportedTypes().Where(type => type.Namespace != "Offload.Registers"))
        {
            string name = Name(type);
            lines.Add($"{Kind(type)} {name}{Bases(type)}");
            const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
            foreach (MemberInfo member in type.GetMembers(All))
            {
                if (Line(member) is { } line)
                {
                    lines.Add($"  {name}.{line}");
                }
            }
        }

        return lines.Order(StringComparer.Ordinal);
    }

    private static string? Line(MemberInfo member) => member switch
    {
        _ when member.GetCustomAttribute<CompilerGeneratedAttribute>() is not null && member is not PropertyInfo => null,
        FieldInfo { IsPublic: true, IsLiteral: true } field => $"{field.Name} = {Convert.ToString(field.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture)}",
        FieldInfo { IsPublic: true, IsSpecialName: false } field => $"{field.Name}: {Name(field.FieldType)}",
        ConstructorInfo { IsPublic: true } or ConstructorInfo { IsFamily: true } => $"new({Parameters((ConstructorInfo)member)})",
        MethodInfo { IsSpecialName: false } method when method.IsPublic || method.IsFamily =>
            $"{method.Name}{Generic(method)}({Parameters(method)}): {Name(method.ReturnType)}{(method.IsStatic ? " static" : method.IsAbstract ? " abstract" : "")}",
        PropertyInfo property when property.GetMethod is { IsPublic: true } or { IsFamily: true } =>
            $"{property.Name}: {Name(property.PropertyType)} {{ get;{(property.SetMethod is { IsPublic: true } set ? IsInit(set) ? " init;" : " set;" : "")} }}",
        EventInfo item => $"{item.Name}: event",
        _ => null,
    };

    private static bool IsInit(MethodInfo set) => set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethod ? "<" + string.Join(", ", method.GetGenericArguments().Select(Name)) + ">" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        (parameter.IsOut ? "out " : parameter.IsIn ? "in " : "") + Name(parameter.ParameterType) + " " + parameter.Name + (parameter.HasDefaultValue ? " = default" : "")));

    private static string Kind(Type type) =>
        type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : type.IsAbstract && type.IsSealed ? "static class"
        : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";

    private static string Bases(Type type)
    {
        string[] bases = [.. new[] { type.BaseType }.Where(parent => parent is not null && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
            .Concat(type.GetInterfaces().Where(contract => !contract.Name.StartsWith("IEquatable", StringComparison.Ordinal) && !type.IsEnum))
            .Select(parent => Name(parent!)).Order(StringComparer.Ordinal)];
        return bases.Length == 0 ? "" : ": " + string.Join(", ", bases);
    }

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return "ref " + Name(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (!type.IsGenericType)
        {
            return type.FullName?.StartsWith("System.", StringComparison.Ordinal) == true || type.IsGenericParameter ? type.Name : type.FullName ?? type.Name;
        }

        StringBuilder name = new(type.Name.Split('`')[0]);
        return name.Append('<').AppendJoin(", ", type.GetGenericArguments().Select(Name)).Append('>').ToString();
    }
}
