"""Works out arithmetic in decimals; what is written is read as numbers and signs, and never run."""

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, DecimalException, localcontext

from triforce_daemon.errors import InvalidArguments

#: A larger power would take longer than anybody waits.
_LARGEST_EXPONENT = 100_000
_LARGEST_FACTORIAL = 2_000
#: More than a person nests, and less than Python's own limit.
_DEEPEST = 100

_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
}
_CONSTANTS = {
    "pi": "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651",  # noqa: E501
    "e": "2.71828182845904523536028747135266249775724709369995957496696762772407663035354759457138217852516642742746639193",  # noqa: E501
}


@dataclass
class Worked:
    value: str
    steps: list[str] = field(default_factory=list[str])


def work_out(expression: str, precision: int) -> Worked:
    """The value as decimal text of so many significant digits, with each step. Raises InvalidArguments."""
    # ^ is what people write, ** what is meant.
    text = expression.strip().replace("^", "**").replace("\u00d7", "*").replace("\u00f7", "/")
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _wrong(f"{expression!r} is no arithmetic") from None
    worked = Worked("")
    # Some digits more than are shown, so that those that are shown are right.
    with localcontext(Context(prec=precision + 10, Emax=999_999, Emin=-999_999)):
        try:
            value = _Reader(worked.steps).value(tree.body, 0)
        except DecimalException as error:
            raise _wrong(f"it has no value ({type(error).__name__})") from None
        worked.value = _text(value, precision)
    return worked


class _Reader:
    def __init__(self, steps: list[str]) -> None:
        self._steps = steps

    def value(self, node: ast.expr, depth: int) -> Decimal:
        if depth > _DEEPEST:
            raise _wrong("it is nested too deeply")
        match node:
            case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
                return Decimal(str(node.value))
            case ast.Name(id=name) if name in _CONSTANTS:
                return +Decimal(_CONSTANTS[name])
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.value(operand, depth + 1)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.value(operand, depth + 1)
            case ast.BinOp(op=op) if type(op) in _SIGNS:
                return self._pair(_SIGNS[type(op)], self.value(node.left, depth + 1), self.value(node.right, depth + 1))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS:
                return self._function(name, [self.value(one, depth + 1) for one in arguments])
            case _:
                raise _wrong(f"{ast.unparse(node)!r} is nothing that can be worked out")

    def _pair(self, sign: str, left: Decimal, right: Decimal) -> Decimal:
        result = _apply(sign, left, right)
        self._steps.append(f"{_text(left, 15)} {sign} {_text(right, 15)} = {_text(result, 15)}")
        return result

    def _function(self, name: str, arguments: list[Decimal]) -> Decimal:
        try:
            result = _FUNCTIONS[name](*arguments)
        except (TypeError, ValueError, OverflowError):
            raise _wrong(f"{name} does not take that") from None
        told = ", ".join(_text(one, 15) for one in arguments)
        self._steps.append(f"{name}({told}) = {_text(result, 15)}")
        return result


def _apply(sign: str, left: Decimal, right: Decimal) -> Decimal:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case "//":
            return _floor(left / right)
        case "%":
            # The sign of the divisor, as in mathematics and Python.
            return left - right * _floor(left / right)
        case _:
            if abs(right) > _LARGEST_EXPONENT:
                raise _wrong(f"an exponent is larger than {_LARGEST_EXPONENT:,}")
            return left**right


def _factorial(value: Decimal) -> Decimal:
    if value != value.to_integral_value() or not 0 <= value <= _LARGEST_FACTORIAL:
        raise ValueError
    return Decimal(math.factorial(int(value)))


def _floor(value: Decimal) -> Decimal:
    return value.to_integral_value(rounding=ROUND_FLOOR)


def _ceiling(value: Decimal) -> Decimal:
    return value.to_integral_value(rounding=ROUND_CEILING)


def _as_float(function: Callable[[float], float]) -> Callable[[Decimal], Decimal]:
    """What decimals do not have; right to some 15 digits."""
    return lambda value: Decimal(repr(function(float(value))))


def _log(value: Decimal, base: Decimal | None = None) -> Decimal:
    return value.ln() if base is None else value.ln() / base.ln()


def _round(value: Decimal, digits: Decimal = Decimal(0)) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-int(digits)), rounding=ROUND_HALF_UP)


_FLOATS = ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "degrees", "radians")
_FUNCTIONS: dict[str, Callable[..., Decimal]] = {
    "sqrt": Decimal.sqrt,
    "exp": Decimal.exp,
    "ln": Decimal.ln,
    "log": _log,
    "log10": Decimal.log10,
    "abs": abs,
    "min": min,
    "max": max,
    "round": _round,
    "floor": _floor,
    "ceil": _ceiling,
    "factorial": _factorial,
    **{name: _as_float(getattr(math, name)) for name in _FLOATS},
}


def _text(value: Decimal, precision: int) -> str:
    """Without needless zeros; with an exponent only where it would be very long."""
    rounded = Context(prec=precision, Emax=999_999, Emin=-999_999).plus(value).normalize()
    exponent = rounded.adjusted()
    return f"{rounded:f}" if -20 <= exponent <= max(precision, 30) else str(rounded)


def _wrong(what: str) -> InvalidArguments:
    return InvalidArguments(f"The expression cannot be worked out: {what}.", "Write it like (3 + 4) * 2 ** 0.5.")
