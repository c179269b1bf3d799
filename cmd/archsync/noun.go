package main

import "github.com/spf13/cobra"

// noun is a verb that only has verbs of its own: alone it shows its page.
func noun(use, short, long string, verbs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Long:  long,
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(verbs...)
	return cmd
}

// changed says what a writing verb did, and that it is not in git yet where the
// user wanted it so.
func (v *invocation) changed(commit bool, format string, operands ...any) {
	v.printf(format, operands...)
	if !commit {
		v.printf(" (written, not committed)")
	}
	v.printf("\n")
}
