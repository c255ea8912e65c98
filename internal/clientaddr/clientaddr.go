package clientaddr

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks of trusted proxies. The zero value trusts nobody.
type Proxies []netip.Prefix

// Parse reads addresses (10.0.0.5, fd00::5) and networks (10.0.0.0/8). Errors
// name the entry and how to write it.
func Parse(entries []string) (Proxies, error) {
	var proxies Proxies
	for _, entry := range entries {
		network, err := parseNetwork(strings.TrimSpace(entry))
		if err != nil {
			return nil, fmt.Errorf("%q %w", entry, err)
		}
		proxies = append(proxies, network)
	}
	return proxies, nil
}

func parseNetwork(entry string) (netip.Prefix, error) {
	if !strings.Contains(entry, "/") {
		address, err := netip.ParseAddr(entry)
		if err != nil || address.Zone() != "" {
			return netip.Prefix{}, errors.New("is neither an address nor a network: write it as 10.0.0.5, 10.0.0.0/8 or fd00::/8, without name, port and zone")
		}
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	network, err := netip.ParsePrefix(entry)
	if err != nil {
		return netip.Prefix{}, errors.New("is no network: write it as 10.0.0.0/8 or fd00::/8")
	}
	if network.Addr().Is4In6() {
		return netip.Prefix{}, errors.New("is an IPv4 network written as IPv6: write it as 10.0.0.0/8")
	}
	if network.Bits() == 0 {
		return netip.Prefix{}, errors.New("is every address, so clients could say that they are others: name the networks of the proxies alone")
	}
	if network != network.Masked() {
		return netip.Prefix{}, fmt.Errorf("is an address inside a network: write %s for the network, %s for the address", network.Masked(), network.Addr())
	}
	return network, nil
}

// String lists the networks, "none" when there are none.
func (p Proxies) String() string {
	if len(p) == 0 {
		return "none"
	}
	names := make([]string, len(p))
	for i, network := range p {
		names[i] = network.String()
	}
	return strings.Join(names, ",")
}

func (p Proxies) trusts(address netip.Addr) bool {
	for _, network := range p {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// Client answers where a request comes from, IPv4 as IPv4 and without a zone. It
// walks from the peer through X-Forwarded-For, from the right, as long as the
// addresses are trusted: the first that is not is the client, and what is left
// of it is the client's own word. An entry that is no address ends the walk at
// the one before. The zero Addr means that not even the peer is known.
func (p Proxies) Client(r *http.Request) netip.Addr {
	at, ok := parseHop(r.RemoteAddr)
	if !ok {
		return netip.Addr{}
	}
	lines := r.Header.Values("X-Forwarded-For")
	for i := len(lines) - 1; i >= 0; i-- {
		for rest, more := lines[i], true; more; {
			if !p.trusts(at) {
				return at
			}
			var hop string
			rest, hop, more = cutLast(rest)
			next, ok := parseHop(hop)
			if !ok {
				return at
			}
			at = next
		}
	}
	return at
}

// cutLast cuts the last entry off a list. more says that there are others.
func cutLast(list string) (rest, last string, more bool) {
	comma := strings.LastIndexByte(list, ',')
	if comma < 0 {
		return "", list, false
	}
	return list[:comma], list[comma+1:], true
}

// parseHop reads an address as peers and proxies are written: bare, in brackets,
// with a port, with a zone.
func parseHop(s string) (netip.Addr, bool) {
	s = strings.Trim(s, " \t")
	address, err := netip.ParseAddr(s)
	if err != nil {
		address, err = netip.ParseAddr(withoutPort(s))
	}
	return address.Unmap().WithZone(""), err == nil
}

// withoutPort answers the address of "address:port", "[address]:port" and
// "[address]", and something that is no address for anything else.
func withoutPort(s string) string {
	if at, err := netip.ParseAddrPort(s); err == nil {
		return at.Addr().String()
	}
	inner, opened := strings.CutPrefix(s, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if !opened || !closed || !strings.Contains(inner, ":") {
		return ""
	}
	return inner
}

// Group is what limits count an address under, "" for the zero Addr. An IPv6
// client is its /64: it has all of it.
func Group(address netip.Addr) string {
	if !address.IsValid() {
		return ""
	}
	address = address.Unmap()
	if address.Is4() {
		return address.String()
	}
	network, _ := address.Prefix(64) // 64 bits fit
	return network.String()
}
