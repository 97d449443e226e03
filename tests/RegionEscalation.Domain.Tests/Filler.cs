using System.Reflection;

namespace RegionEscalation.Domain.Tests;

/// <summary>
/// Builds any record of the domain by its primary constructor, several times differently: variant by variant every value of every enum,
/// both booleans, optional members there and missing, and lists of different lengths.
/// </summary>
internal sealed class Filler(int variant, Func<ParameterInfo, string?> text)
{
    /// <summary>As many as the largest enum of the domain has values.</summary>
    public const int Variants = 24;

    private static readonly NullabilityInfoContext Nullability = new();

    public object Build(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length)!;
        return constructor.Invoke([.. constructor.GetParameters().Select(Argument)]);
    }

    private object? Argument(ParameterInfo parameter)
    {
        var optional = Nullable.GetUnderlyingType(parameter.ParameterType) is not null || Nullability.Create(parameter).WriteState == NullabilityState.Nullable;
        return optional && variant % 2 == 1 ? null : Value(Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType, parameter);
    }

    private object Value(Type type, ParameterInfo parameter)
    {
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(variant % Enum.GetValues(type).Length)!;
        if (type == typeof(string))
            return text(parameter) ?? "ordalydelse";
        if (type == typeof(int))
            return 1 + (variant % 4);
        if (type == typeof(bool))
            return variant % 4 < 2;
        if (type == typeof(decimal))
            return 125_000.5m;
        if (type == typeof(Guid))
            return Guid.NewGuid();
        if (type == typeof(DateOnly))
            return SwedishTime.DateOf(Some.Start);
        if (type == typeof(DateTimeOffset))
            return Some.Start;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var items = Array.CreateInstance(type.GetGenericArguments()[0], 1 + (variant % 3));
            for (var i = 0; i < items.Length; i++)
                items.SetValue(Value(type.GetGenericArguments()[0], parameter), i);
            return items;
        }
        return Build(type);
    }
}
