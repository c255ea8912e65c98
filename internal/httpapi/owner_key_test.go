package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/keytest"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Owners come in the forms that session keys have.
func TestOwnerKeys(t *testing.T) {
	t.Parallel()
	key, forms := p256(t)
	for _, kind := range keytest.Kinds {
		want := userop.OwnerWithKey(kind, userop.P256Key{X: key.X, Y: key.Y})
		for form, sent := range forms {
			owner := `"owner":{"type":"` + kind.String() + `","publicKey":` + sent + `}}`
			for path, request := range map[string]string{
				"/v1/accounts": `{"chainId":80002,` + owner,
				"/v2/accounts": `{"chainId":80002,"chainType":"EVM","accountType":"Smart Account","user":"` + playerID + `","externalOwnerAddress":"` + key.Address.Hex() + `",` + owner,
			} {
				a := newAPI(t)
				r := a.post(path, request)
				asked, _ := a.asked.(account.CreateParams)
				if diff := cmp.Diff(want, asked.Owner); r.Code != http.StatusOK || diff != "" {
					t.Errorf("%s, %s in %s: got %d %s (-want +got):\n%s", path, kind, form, r.Code, r.Body, diff)
				}
			}
			a := newAPI(t)
			a.post("/v1/accounts/"+accountID+"/transfer_ownership", `{`+owner)
			if diff := cmp.Diff(accountOperation{account: accountID, newOwner: want}, a.asked, cmp.AllowUnexported(accountOperation{})); diff != "" {
				t.Errorf("transfer to %s in %s (-want +got):\n%s", kind, form, diff)
			}
		}
	}
}

func TestOwnerKeyInAForm(t *testing.T) {
	t.Parallel()
	key, forms := p256(t)
	a := newAPI(t)
	r := a.do("POST", "/v1/accounts", formType, "chainId=80002&owner[type]=webauthn&owner[publicKey]="+strings.Trim(forms["64 bytes"], `"`))
	asked, _ := a.asked.(account.CreateParams)
	if want := userop.OwnerWithKey(userop.WebAuthn, userop.P256Key{X: key.X, Y: key.Y}); r.Code != http.StatusOK || asked.Owner != want {
		t.Errorf("got %d %s, asked for %+v", r.Code, r.Body, asked.Owner)
	}
}

func TestOwnersThatAreRefused(t *testing.T) {
	t.Parallel()
	_, forms := p256(t)
	for sent, want := range map[string]string{
		`{}`:                        "externalOwnerAddress: is required",
		`{"owner":{"type":"p256"}}`: "owner.publicKey: is required, unless the key is secp256k1 and named by externalOwnerAddress",
		`{"owner":{"type":"rsa","publicKey":"0x"}}`:                                                                        "owner.type: must be one of",
		`{"owner":{"type":"p256","publicKey":"0x04"}}`:                                                                     "owner.publicKey: must be x and y",
		`{"owner":{"type":"p256","kind":1,"publicKey":` + forms["JWK"] + `}}`:                                              "owner.kind",
		`{"owner":{"type":"p256","publicKey":{"x":"","y":"","d":"AA"}}}`:                                                   "owner.publicKey.d: is the private key",
		`{"externalOwnerAddress":"` + owner.Hex() + `","owner":{"type":"webauthn","publicKey":` + forms["65 bytes"] + `}}`: "externalOwnerAddress: is not that of owner.publicKey",
	} {
		a := newAPI(t)
		r := a.post("/v1/accounts", strings.Replace(sent, "{", `{"chainId":80002,`, 1))
		if sent == `{}` {
			r = a.post("/v1/accounts", `{"chainId":80002}`)
		}
		if r.Code != 400 || !strings.Contains(r.message(), want) {
			t.Errorf("%s: got %d %s, want %q", sent, r.Code, r.message(), want)
		}
	}
}

// An address alone does not say how its owner signs.
func TestKeyOwnersAreShown(t *testing.T) {
	t.Parallel()
	key, forms := p256(t)
	known := userop.OwnerWithKey(userop.WebAuthn, userop.P256Key{X: key.X, Y: key.Y})
	unknown := known
	unknown.Key = userop.P256Key{}
	for _, c := range []struct {
		owner userop.Owner
		want  *Signer
	}{
		{userop.OwnerAt(owner), nil},
		{known, &Signer{Type: "webauthn", PublicKey: strings.Trim(forms["65 bytes"], `"`)}},
		{unknown, &Signer{Type: "webauthn"}},
	} {
		shown, second := showAccount(account.Account{Owner: c.owner}, true), showAccountV2(account.Account{Owner: c.owner}, true, nil)
		for _, got := range []*Signer{shown.Owner, second.Owner} {
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.owner.Kind, diff)
			}
		}
		if shown.OwnerAddress != c.owner.Address.Hex() {
			t.Errorf("the address is %s", shown.OwnerAddress)
		}
	}
}
