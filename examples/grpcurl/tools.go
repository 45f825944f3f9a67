//go:build tools

// Package tools pins grpcurl and what it needs.
package tools

import _ "github.com/fullstorydev/grpcurl/cmd/grpcurl"
