package httpapi

import (
	"fmt"
	"math"
	"math/big"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// functionGrant reads a name, or an object with limits.
func functionGrant(path string, call any) (session.FunctionGrant, error) {
	switch call := call.(type) {
	case string:
		return session.FunctionGrant{Call: call}, nil
	case map[string]any:
		f, err := bindClosed[FunctionCall](call, path)
		if err != nil {
			return session.FunctionGrant{}, err
		}
		return limitedFunction(path, f)
	default:
		return session.FunctionGrant{}, typeFault(path, call, "a function's name, signature or selector, or an object with its limits")
	}
}

func limitedFunction(path string, f FunctionCall) (session.FunctionGrant, error) {
	grant := session.FunctionGrant{Call: f.Function}
	if f.Limit != nil {
		if err := within(path+".limit", *f.Limit, 1, permission.MaxLimit); err != nil {
			return grant, err
		}
		grant.Limit = *f.Limit
	}
	for i, a := range f.Args {
		limits, err := argumentGrants(fmt.Sprintf("%s.args[%d]", path, i), a)
		if err != nil {
			return grant, err
		}
		grant.Arguments = append(grant.Arguments, limits...)
	}
	return grant, nil
}

// argumentGrants answers one limit for each operator, and one for a total.
func argumentGrants(path string, a ArgumentLimit) ([]session.ArgumentGrant, error) {
	if err := within(path+".index", a.Index, 0, math.MaxUint8); err != nil {
		return nil, err
	}
	word := uint8(a.Index)
	var grants []session.ArgumentGrant
	for op, operands := range operandsOf(a) {
		if operands == nil {
			continue
		}
		grant := session.ArgumentGrant{Word: word, Op: permission.Op(op)}
		for i, operand := range operands {
			n, err := parseOperand(operandPath(path, grant.Op, i), operand)
			if err != nil {
				return nil, err
			}
			grant.Operands = append(grant.Operands, n)
		}
		if err := checkOperands(path, grant); err != nil {
			return nil, err
		}
		grants = append(grants, grant)
	}
	if a.Total != nil {
		total, err := parseAmount(path+".total", *a.Total, permission.MaxAmount)
		if err != nil {
			return nil, err
		}
		grants = append(grants, session.ArgumentGrant{Word: word, Total: total})
	}
	if len(grants) == 0 {
		return nil, fault.Field(path, nil, "must say what is allowed: eq, ne, lt, le, gt, ge, in, mask or total")
	}
	return grants, nil
}

// operandsOf answers the operands by operator, nil where one is not used.
func operandsOf(a ArgumentLimit) [8][]any {
	var out [8][]any
	for op, operand := range map[permission.Op]any{
		permission.Equal: a.Eq, permission.NotEqual: a.Ne,
		permission.Less: a.Lt, permission.LessOrEqual: a.Le,
		permission.Greater: a.Gt, permission.GreaterOrEqual: a.Ge,
	} {
		if operand != nil {
			out[op] = []any{operand}
		}
	}
	out[permission.In] = a.In
	if a.Mask != nil {
		out[permission.Mask] = []any{a.Mask.Mask, a.Mask.Value}
	}
	return out
}

func operandPath(path string, op permission.Op, i int) string {
	switch op {
	case permission.In:
		return fmt.Sprintf("%s.in[%d]", path, i)
	case permission.Mask:
		return path + ".mask." + []string{"mask", "value"}[i]
	}
	return path + "." + op.String()
}

// maxIn is the most operands that in takes.
const maxIn = 7

func checkOperands(path string, g session.ArgumentGrant) error {
	switch g.Op {
	case permission.In:
		if n := len(g.Operands); n < 1 || n > maxIn {
			return fault.Field(path+".in", nil, "must have 1 to %d entries, has %d", maxIn, n)
		}
	case permission.Mask:
		if new(big.Int).AndNot(g.Operands[1], g.Operands[0]).Sign() != 0 {
			return fault.Field(path+".mask", nil, "mask 0x%x never gives value 0x%x: no call would be allowed", g.Operands[0], g.Operands[1])
		}
	}
	return nil
}
