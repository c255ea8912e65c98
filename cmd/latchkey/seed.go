package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/deploy"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// seed makes, on first start, a project with keys, a policy that sponsors
// everything, the development contracts, and a player with an account. Later
// starts find them in the data folder. A start that dies in between leaves a
// project that nothing names, and the next one makes another.
func (d *devServer) seed(ctx context.Context, chainID uint64, contracts deploy.Result) (devInfo, error) {
	state := &d.folder.state
	if state.Info == nil {
		s := seeder{dev: d, chainID: chainID, contracts: contracts}
		if err := s.run(ctx); err != nil {
			return devInfo{}, fmt.Errorf("make development records: %w", err)
		}
		state.Info = &s.info
	}
	state.Info.API, state.Info.RPC = d.server.URL(), d.chain.URL()
	state.Info.Outbox = d.folder.outbox()
	return *state.Info, d.folder.save()
}

type seeder struct {
	dev       *devServer
	chainID   uint64
	contracts deploy.Result
	project   string
	info      devInfo
}

func (s *seeder) run(ctx context.Context) error {
	project, publishable, secret, err := s.dev.server.Auth.NewProject(ctx, "Development")
	if err != nil {
		return err
	}
	s.project = project.ID
	s.info = devInfo{
		ChainID: s.chainID, PublishableKey: publishable, SecretKey: secret,
		ContractAddress: s.contracts.DevNFT.Hex(), ERC20Address: s.contracts.DevToken.Hex(),
		OwnerPrivateKey: s.dev.owner.Reveal(),
	}
	for _, step := range []func(context.Context) error{s.policy, s.registerContracts, s.player, s.entropy} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeder) policy(ctx context.Context) error {
	sponsors := s.dev.server.Sponsor
	p, err := sponsors.CreatePolicy(ctx, s.project, sponsor.PolicyParams{
		Name: ptr("Everything"), ChainID: &s.chainID, Schema: ptr(sponsor.PayForUser),
	})
	if err != nil {
		return err
	}
	s.info.Policy = p.ID
	for _, rule := range []sponsor.RuleParams{
		{PolicyID: p.ID, Type: sponsor.ContractFunctions, Wildcard: ptr(true)},
		{PolicyID: p.ID, Type: sponsor.AccountFunctions},
	} {
		if _, err := sponsors.CreateRule(ctx, s.project, rule); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeder) registerContracts(ctx context.Context) (err error) {
	if s.info.Contract, err = s.contract(ctx, "Development NFT", s.contracts.DevNFT, bindings.DevNFTMetaData.ABI); err != nil {
		return err
	}
	s.info.ERC20Contract, err = s.contract(ctx, "Development token", s.contracts.DevToken, bindings.DevTokenMetaData.ABI)
	return err
}

func (s *seeder) contract(ctx context.Context, name string, address common.Address, abi string) (string, error) {
	c, err := s.dev.server.Contracts.Create(ctx, s.project, contract.Params{
		Name: &name, ChainID: &s.chainID, Address: &address, ABI: json.RawMessage(abi),
	})
	return c.ID, err
}

func (s *seeder) player(ctx context.Context) error {
	p, err := s.dev.server.Players.Create(ctx, s.project, player.Params{Name: ptr("Development player")})
	if err != nil {
		return err
	}
	acc, err := s.dev.server.Accounts.Create(ctx, s.project, account.CreateParams{
		PlayerID: p.ID, ChainID: s.chainID, Owner: userop.OwnerAt(s.dev.owner.Address()),
	})
	if err != nil {
		return err
	}
	s.info.Player, s.info.Account, s.info.AccountAddress = p.ID, acc.ID, acc.Address.Hex()
	return nil
}

func (s *seeder) entropy(ctx context.Context) (err error) {
	s.info.EncryptionPart, err = s.dev.server.Wallets.MakeEntropy(ctx, s.project)
	return err
}

func ptr[T any](v T) *T { return &v }
