package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync"
)

func (v *invocation) versionCommand() *cobra.Command {
	var licenses bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "which archsync this is, and what is in it",
		Long: `Prints the version of archsync, the Go release that built it, and the versions of
the modules that its results depend on most. With --licenses also whose work is in
the program, under which licenses.`,
		Example: `  archsync version
  archsync version --licenses`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return v.version(licenses) },
	}
	cmd.Flags().BoolVar(&licenses, "licenses", false, "print the licenses")
	return cmd
}

func (v *invocation) version(licenses bool) error {
	if licenses {
		v.printText(archsync.Notice + "\n" + archsync.License)
		return nil
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	v.printf("archsync %s\n", programVersion(info))
	v.printf("  %-30s %s, %s/%s\n", "Go", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, path := range []string{"oss.terrastruct.com/d2", "github.com/d2lang/elk-go", "github.com/go-git/go-git/v5"} {
		for _, m := range info.Deps {
			if m.Path == path {
				v.printf("  %-30s %s\n", path, m.Version)
			}
		}
	}
	return nil
}

// programVersion is the module's version, or the commit that it was built from.
func programVersion(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	version := info.Main.Version
	if version == "" || version == "(devel)" {
		version = "built from source"
	}
	if revision := settings["vcs.revision"]; revision != "" {
		version += ", commit " + revision
		if settings["vcs.modified"] == "true" {
			version += " with changes"
		}
	}
	return version
}
