package picture

// What the tests of both packages need.
var (
	CorpusFiles = corpusFiles
	CompileFile = compileFile
)
