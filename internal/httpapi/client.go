package httpapi

import (
	"github.com/latchkey-dev/latchkey/internal/clientaddr"
	"github.com/latchkey-dev/latchkey/internal/user"
)

// client says where a request comes from.
func (c *call) client() user.Client {
	return user.Client{Address: c.address(), Agent: c.UserAgent()}
}

// address is what limits count the client under, "" when it is not known.
func (c *call) address() string { return clientaddr.Group(c.proxies.Client(c.Request)) }
