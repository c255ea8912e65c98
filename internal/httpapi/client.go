package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/user"
)

// client says where a request comes from.
func (c *call) client() user.Client {
	return user.Client{Address: clientAddress(c.Request), Agent: c.UserAgent()}
}

// clientAddress answers the network address of a client, "" when it is not
// known. A peer on this machine or a private network is a proxy, and says in
// X-Forwarded-For whom it stands for; what a client wrote there before, further
// to the left, counts for nothing. An IPv6 client is its /64: it has all of it.
func clientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	hops := append(strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ","), host)
	for i := len(hops) - 1; i >= 0; i-- {
		address, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return ""
		}
		address = address.Unmap().WithZone("")
		if address.IsLoopback() || address.IsPrivate() || address.IsLinkLocalUnicast() {
			continue
		}
		if address.Is6() {
			prefix, _ := address.Prefix(64) // 64 bits fit
			return prefix.String()
		}
		return address.String()
	}
	return ""
}
