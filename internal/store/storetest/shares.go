package storetest

import (
	"encoding/json"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/share"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// newSigner makes a signer of a new player, with the owner address(n).
func (s suite) newSigner(n byte) share.Signer {
	s.Helper()
	v := share.Signer{
		ID: id.New(id.Signer), ProjectID: s.project.ID, PlayerID: s.newPlayer().ID, Owner: address(n), Method: share.ByPasskey,
		Secret: []byte{0, 1, n}, PasskeyID: "a passkey", PasskeyEnv: json.RawMessage(`{"os":"x"}`), CreatedAt: moment(int(n)), UpdatedAt: moment(5),
	}
	s.must(s.db.CreateSigner(s.ctx, v))
	return v
}

func (s suite) newDevice(signer share.Signer, minute, most int) share.Device {
	s.Helper()
	d := share.Device{ID: id.New(id.Device), SignerID: signer.ID, Share: []byte{0, 2, byte(minute)}, CreatedAt: moment(minute)}
	s.must(s.db.CreateDevice(s.ctx, d, most))
	return d
}

func signerRoundTrip(s suite) {
	v := s.newSigner(1)
	same(s, value(s.db.Signer(s.ctx, s.project.ID, v.PlayerID, v.ID))(s), v)
	s.wantFault(s.db.CreateSigner(s.ctx, v), fault.Conflict)

	_, err := s.db.Signer(s.ctx, s.project.ID, s.newPlayer().ID, v.ID)
	s.wantFault(err, fault.NotFound)
	_, err = s.db.Signer(s.ctx, s.newProject().ID, v.PlayerID, v.ID)
	s.wantFault(err, fault.NotFound)

	orphan := v
	orphan.ID, orphan.PlayerID = id.New(id.Signer), id.New(id.Player)
	s.wantFault(s.db.CreateSigner(s.ctx, orphan), fault.NotFound)
}

// A player without an account takes unfinished wallets with it.
func signersGoWithTheirPlayer(s suite) {
	v := s.newSigner(1)
	d := s.newDevice(v, 1, 9)
	s.must(s.db.UpdateSigner(s.ctx, s.project.ID, v.PlayerID, v.ID, func(have share.Signer) (share.Signer, []string, error) {
		have.Primary = d.ID
		return have, nil, nil
	}))
	s.must(s.db.DeletePlayer(s.ctx, s.project.ID, v.PlayerID))
	_, err := s.db.Signer(s.ctx, s.project.ID, v.PlayerID, v.ID)
	s.wantFault(err, fault.NotFound)
	_, err = s.db.Device(s.ctx, v.ID, d.ID)
	s.wantFault(err, fault.NotFound)
}

func signersByName(s suite) {
	a, b := s.newSigner(1), s.newSigner(2)
	same(s, value(s.db.Signers(s.ctx, s.project.ID, []string{b.ID, a.ID, "sig_none"}, nil))(s), []share.Signer{a, b})
	same(s, value(s.db.Signers(s.ctx, s.project.ID, nil, []string{b.PlayerID}))(s), []share.Signer{b})
	same(s, value(s.db.Signers(s.ctx, s.newProject().ID, []string{a.ID}, nil))(s), nil)
}

// A wallet is its account, its first device and the changed signer together.
func walletTogether(s suite) {
	v := s.newSigner(1)
	acc := account.Account{
		ID: id.New(id.Account), ProjectID: s.project.ID, PlayerID: v.PlayerID, ChainID: 80002, Address: address(8), Owner: userop.OwnerAt(address(9)),
		Type: account.Smart, SignerID: v.ID, Salt: hash(1), CreatedAt: moment(2), UpdatedAt: moment(2),
	}
	d := share.Device{ID: id.New(id.Device), SignerID: v.ID, Share: []byte{7}, CreatedAt: moment(6)}
	take := func(old share.Signer) (share.Signer, error) {
		old.Owner, old.Primary = acc.Owner.Address, d.ID
		return old, nil
	}

	refused := s.db.CreateWallet(s.ctx, acc, d, func(old share.Signer) (share.Signer, error) { return old, errRefused })
	s.wantError(refused, errRefused)
	_, err := s.db.Device(s.ctx, v.ID, d.ID)
	s.wantFault(err, fault.NotFound)

	s.must(s.db.CreateWallet(s.ctx, acc, d, take))
	v.Owner, v.Primary = acc.Owner.Address, d.ID
	same(s, value(s.db.Signer(s.ctx, s.project.ID, v.PlayerID, v.ID))(s), v)
	same(s, value(s.db.Device(s.ctx, v.ID, d.ID))(s), d)
	same(s, value(s.db.Account(s.ctx, s.project.ID, acc.ID))(s), acc)

	// An account that cannot be takes the device with it.
	again, other := acc, d
	again.ID, other.ID = id.New(id.Account), id.New(id.Device)
	s.wantFault(s.db.CreateWallet(s.ctx, again, other, take), fault.Conflict)
	_, err = s.db.Device(s.ctx, v.ID, other.ID)
	s.wantFault(err, fault.NotFound)

	foreign := acc
	foreign.PlayerID = s.newPlayer().ID
	s.wantFault(s.db.CreateWallet(s.ctx, foreign, other, take), fault.NotFound)
}

func signerDropsDevices(s suite) {
	v := s.newSigner(1)
	old, next, others := s.newDevice(v, 1, 9), s.newDevice(v, 2, 9), s.newDevice(s.newSigner(2), 3, 9)
	s.must(s.db.UpdateSigner(s.ctx, s.project.ID, v.PlayerID, v.ID, func(have share.Signer) (share.Signer, []string, error) {
		have.Primary, have.Secret, have.Method, have.PasskeyID, have.PasskeyEnv = next.ID, []byte{9}, share.ByPassword, "", nil
		return have, []string{old.ID, others.ID}, nil
	}))
	v.Primary, v.Secret, v.Method, v.PasskeyID, v.PasskeyEnv = next.ID, []byte{9}, share.ByPassword, "", nil
	same(s, value(s.db.Signer(s.ctx, s.project.ID, v.PlayerID, v.ID))(s), v)
	_, err := s.db.Device(s.ctx, v.ID, old.ID)
	s.wantFault(err, fault.NotFound)
	same(s, value(s.db.Device(s.ctx, v.ID, next.ID))(s), next)
	same(s, value(s.db.Device(s.ctx, others.SignerID, others.ID))(s), others)

	// A signer without its primary could not be recovered.
	for _, primary := range []string{old.ID, "dev_none"} {
		s.wantFault(s.db.UpdateSigner(s.ctx, s.project.ID, v.PlayerID, v.ID, func(have share.Signer) (share.Signer, []string, error) {
			have.Primary = primary
			return have, nil, nil
		}), fault.NotFound)
	}
	s.wantFault(s.db.UpdateSigner(s.ctx, s.project.ID, v.PlayerID, v.ID, func(have share.Signer) (share.Signer, []string, error) {
		return have, []string{next.ID}, nil
	}), fault.NotFound)
	same(s, value(s.db.Device(s.ctx, v.ID, next.ID))(s), next)

	err = s.db.UpdateSigner(s.ctx, s.project.ID, v.PlayerID, v.ID, func(have share.Signer) (share.Signer, []string, error) {
		return have, []string{next.ID}, errRefused
	})
	s.wantError(err, errRefused)
	same(s, value(s.db.Device(s.ctx, v.ID, next.ID))(s), next)
}

// The oldest devices make room, but the primary stays, and so does the new one.
func devicesMakeRoom(s suite) {
	v := s.newSigner(1)
	primary := s.newDevice(v, 1, 9)
	s.must(s.db.UpdateSigner(s.ctx, s.project.ID, v.PlayerID, v.ID, func(have share.Signer) (share.Signer, []string, error) {
		have.Primary = primary.ID
		return have, nil, nil
	}))
	second, third, newest := s.newDevice(v, 2, 3), s.newDevice(v, 3, 3), s.newDevice(v, 4, 3)
	_, err := s.db.Device(s.ctx, v.ID, second.ID)
	s.wantFault(err, fault.NotFound)
	for _, kept := range []share.Device{primary, third, newest} {
		same(s, value(s.db.Device(s.ctx, v.ID, kept.ID))(s), kept)
	}
	_, err = s.db.Device(s.ctx, s.newSigner(2).ID, newest.ID)
	s.wantFault(err, fault.NotFound)
	s.wantFault(s.db.CreateDevice(s.ctx, share.Device{ID: id.New(id.Device), SignerID: "sig_none", Share: []byte{1}}, 3), fault.NotFound)
}

func entropyOnce(s suite) {
	e := share.Entropy{ProjectID: s.project.ID, Part: []byte{0, 5}, Check: "ab", CreatedAt: moment(1)}
	s.must(s.db.CreateEntropy(s.ctx, e))
	same(s, value(s.db.Entropy(s.ctx, s.project.ID))(s), e)
	again := e
	again.Part = []byte{6}
	s.wantFault(s.db.CreateEntropy(s.ctx, again), fault.Conflict)
	same(s, value(s.db.Entropy(s.ctx, s.project.ID))(s), e)
	_, err := s.db.Entropy(s.ctx, s.newProject().ID)
	s.wantFault(err, fault.NotFound)
}
