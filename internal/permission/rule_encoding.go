package permission

import (
	"bytes"
	"encoding/binary"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
)

// recordHead is kind and size, which start each rule's record.
const recordHead = 2

// bodySizes are the sizes of the bodies that have just one. An argument rule
// has room for one to seven operands.
var bodySizes = map[byte]int{
	kindValuePerCall: 16, kindValueTotal: 16, kindValuePeriod: 26, kindValueStream: 54,
	kindERC20Total: 36, kindERC20Period: 46, kindERC20Stream: 74, kindERC721: 52, kindERC1155: 68,
	kindArgumentTotal: 18, kindCount: 7, kindRate: 8, kindTypedData: 64,
}

// argumentHead is what an argument rule has before its operands.
const argumentHead = 3

// records returns the rules' records, ascending and without duplicates. The
// rules must have passed check.
func (p Permission) records() [][]byte {
	out := make([][]byte, len(p.Rules))
	for i, r := range p.Rules {
		out[i] = r.pack([]byte{r.kind(), 0}, p.Functions)
		out[i][1] = byte(len(out[i]) - recordHead)
	}
	slices.SortFunc(out, bytes.Compare)
	return slices.CompactFunc(out, bytes.Equal)
}

// withSortedRules returns p with its rules as they are packed. Rules that
// cannot be packed are left for Encode to refuse.
func (p Permission) withSortedRules() Permission {
	if p.checkRules() != nil {
		return p
	}
	rules := make([]Rule, 0, len(p.Rules))
	for _, record := range p.records() {
		rule, err := decodeRule(record[0], record[recordHead:], p.Functions)
		if err != nil {
			return p
		}
		rules = append(rules, rule)
	}
	p.Rules = rules
	return p
}

// decodeRules reads the rules section, all of it.
func (p *Permission) decodeRules(section []byte) error {
	if len(section) == 0 || section[0] == 0 {
		return fieldError("rules", "flag bit 1 is set, so at least one rule must follow the paymasters")
	}
	p.Rules = make([]Rule, 0, section[0])
	rest, previous := section[1:], []byte(nil)
	for i := range int(section[0]) {
		if len(rest) < recordHead || len(rest) < recordHead+int(rest[1]) {
			return fieldError("length", "rule %d does not fit into the last %d bytes", i, len(rest))
		}
		record := rest[:recordHead+int(rest[1])]
		if bytes.Compare(previous, record) >= 0 {
			return fieldError("rules", "must be strictly ascending, rule %d is not", i)
		}
		rule, err := decodeRule(record[0], record[recordHead:], p.Functions)
		if err != nil {
			return err
		}
		p.Rules = append(p.Rules, rule)
		rest, previous = rest[len(record):], record
	}
	if len(rest) > 0 {
		return fieldError("length", "%d bytes follow the last rule", len(rest))
	}
	return nil
}

func decodeRule(kind byte, body []byte, functions []Function) (Rule, error) {
	if size, known := bodySizes[kind]; known && len(body) != size {
		return nil, fieldError("rules", "a body of kind 0x%02x must have %d bytes, has %d", kind, size, len(body))
	}
	if kind == kindArgument && (len(body) < argumentHead || (len(body)-argumentHead)%wordLength != 0) {
		return nil, fieldError(string(RuleArgument), "body must be 3 bytes and whole words, has %d bytes", len(body))
	}
	f := fields{body}
	switch kind {
	case kindValuePerCall:
		return ValuePerCall{f.amount()}, nil
	case kindValueTotal:
		return ValueTotal{f.total()}, nil
	case kindValuePeriod:
		return ValuePeriod{f.period()}, nil
	case kindValueStream:
		return ValueStream{f.stream()}, nil
	case kindERC20Total:
		return ERC20Total{f.address(), f.total()}, nil
	case kindERC20Period:
		return ERC20Period{f.address(), f.period()}, nil
	case kindERC20Stream:
		return ERC20Stream{f.address(), f.stream()}, nil
	case kindERC721:
		return ERC721{f.address(), f.word()}, nil
	case kindERC1155:
		return ERC1155{f.address(), f.word(), f.total()}, nil
	case kindRate:
		return Rate{f.uint32(), f.uint32()}, nil
	case kindTypedData:
		return TypedData{common.Hash(f.next(wordLength)), common.Hash(f.next(wordLength))}, nil
	case kindArgument, kindArgumentTotal, kindCount:
		return decodeFunctionRule(kind, f, functions)
	}
	return nil, fieldError("rules", "kind 0x%02x is not known", kind)
}

func decodeFunctionRule(kind byte, f fields, functions []Function) (Rule, error) {
	place := int(f.byte())
	if place >= len(functions) {
		return nil, fieldError("rules", "a rule of kind 0x%02x restricts function %d, functions has %d entries", kind, place, len(functions))
	}
	function := functions[place]
	switch kind {
	case kindCount:
		return Count{function, f.uint48()}, nil
	case kindArgumentTotal:
		return ArgumentTotal{function, f.byte(), f.total()}, nil
	}
	r := Argument{Function: function, Word: f.byte(), Op: Op(f.byte())}
	for len(f.rest) > 0 {
		r.Operands = append(r.Operands, f.word())
	}
	for i := 1; r.Op == In && i < len(r.Operands); i++ {
		if r.Operands[i-1].Cmp(r.Operands[i]) >= 0 {
			return nil, fieldError(string(RuleArgument), "operands of in must be strictly ascending, operand %d is not", i)
		}
	}
	return r, nil
}

const (
	amountLength = 16
	wordLength   = 32
)

func (r ValuePerCall) pack(body []byte, _ []Function) []byte { return appendAmount(body, r.Max) }
func (r ValueTotal) pack(body []byte, _ []Function) []byte   { return r.Total.pack(body) }
func (r ValuePeriod) pack(body []byte, _ []Function) []byte  { return r.Period.pack(body) }
func (r ValueStream) pack(body []byte, _ []Function) []byte  { return r.Stream.pack(body) }

func (r ERC20Total) pack(body []byte, _ []Function) []byte {
	return r.Total.pack(append(body, r.Token[:]...))
}

func (r ERC20Period) pack(body []byte, _ []Function) []byte {
	return r.Period.pack(append(body, r.Token[:]...))
}

func (r ERC20Stream) pack(body []byte, _ []Function) []byte {
	return r.Stream.pack(append(body, r.Token[:]...))
}

func (r ERC721) pack(body []byte, _ []Function) []byte {
	return appendWord(append(body, r.Token[:]...), r.ID)
}

func (r ERC1155) pack(body []byte, _ []Function) []byte {
	return r.Total.pack(appendWord(append(body, r.Token[:]...), r.ID))
}

func (r Argument) pack(body []byte, functions []Function) []byte {
	operands := r.Operands
	if r.Op == In {
		operands = slices.Clone(operands)
		slices.SortFunc(operands, (*big.Int).Cmp)
		operands = slices.CompactFunc(operands, func(a, b *big.Int) bool { return a.Cmp(b) == 0 })
	}
	body = append(body, placeOf(r.Function, functions), r.Word, byte(r.Op))
	for _, operand := range operands {
		body = appendWord(body, operand)
	}
	return body
}

func (r ArgumentTotal) pack(body []byte, functions []Function) []byte {
	return r.Total.pack(append(body, placeOf(r.Function, functions), r.Word))
}

func (r Count) pack(body []byte, functions []Function) []byte {
	return appendUint48(append(body, placeOf(r.Function, functions)), r.Limit)
}

func (r Rate) pack(body []byte, _ []Function) []byte {
	body = binary.BigEndian.AppendUint32(body, r.Count)
	return binary.BigEndian.AppendUint32(body, r.Interval)
}

func (r TypedData) pack(body []byte, _ []Function) []byte {
	return append(append(body, r.DomainSeparator[:]...), r.TypeHash[:]...)
}

func (t Total) pack(body []byte) []byte { return appendAmount(body, t.Max) }

func (d Period) pack(body []byte) []byte {
	return binary.BigEndian.AppendUint32(appendUint48(appendAmount(body, d.Max), d.Start), d.Seconds)
}

func (s Stream) pack(body []byte) []byte {
	for _, v := range []*big.Int{s.Initial, s.PerSecond, s.max()} {
		body = appendAmount(body, v)
	}
	return appendUint48(body, s.Start)
}

// placeOf is the place of a function that is known to be listed.
func placeOf(f Function, functions []Function) byte { return byte(slices.Index(functions, f)) }

func appendAmount(b []byte, v *big.Int) []byte {
	return append(b, v.FillBytes(make([]byte, amountLength))...)
}

func appendWord(b []byte, v *big.Int) []byte {
	return append(b, v.FillBytes(make([]byte, wordLength))...)
}

func appendUint48(b []byte, v uint64) []byte {
	var packed [6]byte
	putUint48(packed[:], v)
	return append(b, packed[:]...)
}

// fields reads a body field by field. It must be long enough.
type fields struct{ rest []byte }

func (f *fields) next(n int) []byte {
	out := f.rest[:n]
	f.rest = f.rest[n:]
	return out
}

func (f *fields) byte() byte              { return f.next(1)[0] }
func (f *fields) uint32() uint32          { return binary.BigEndian.Uint32(f.next(4)) }
func (f *fields) uint48() uint64          { return uint48(f.next(6)) }
func (f *fields) address() common.Address { return common.Address(f.next(common.AddressLength)) }
func (f *fields) amount() *big.Int        { return new(big.Int).SetBytes(f.next(amountLength)) }
func (f *fields) word() *big.Int          { return new(big.Int).SetBytes(f.next(wordLength)) }
func (f *fields) total() Total            { return Total{f.amount()} }
func (f *fields) period() Period          { return Period{f.amount(), f.uint48(), f.uint32()} }

func (f *fields) stream() Stream {
	return Stream{Initial: f.amount(), PerSecond: f.amount(), Max: f.amount(), Start: f.uint48()}
}
