package demo

// The words of what is generated.

type area struct{ id, name string }

// areas are fields of work, for generated groups and for containers.
func areas() []area {
	return []area{
		{"synthetics", "Synthetics"}, {"rum", "Browser monitoring"}, {"mobile", "Mobile"}, {"security", "Security"},
		{"audit", "Audit"}, {"reports", "Reports"}, {"partners", "Partners"}, {"integrations", "Integrations"},
		{"capacity", "Capacity"}, {"experiments", "Experiments"}, {"search", "Search"}, {"mail", "Mail"},
		{"sandbox", "Sandbox"}, {"fleet", "Fleet"}, {"catalog", "Service catalog"}, {"onboarding", "Onboarding"},
		{"support", "Support tools"}, {"compliance", "Compliance"}, {"forecast", "Forecasts"}, {"topology", "Topology"},
		{"costs", "Costs"}, {"edge-cache", "Edge cache"}, {"sdk-java", "Java SDK"}, {"sdk-go", "Go SDK"},
		{"sdk-python", "Python SDK"}, {"sdk-js", "JavaScript SDK"}, {"databases", "Database monitoring"}, {"network", "Network monitoring"},
		{"kubernetes", "Kubernetes"}, {"serverless", "Serverless"}, {"marketplace", "Marketplace"}, {"exports", "Exports"},
		{"notebooks", "Notebooks"}, {"incidents", "Incidents"}, {"slo", "Service levels"}, {"releases", "Releases"},
		{"data-science", "Data science"}, {"warehouse", "Warehouse"}, {"privacy", "Privacy"}, {"trials", "Trials"},
		{"pricing", "Pricing"}, {"regions", "Regions"}, {"developer", "Developer experience"}, {"design", "Design system"},
		{"localisation", "Localisation"}, {"gov-cloud", "Government cloud"}, {"hardware", "Hardware"}, {"training", "Training"},
	}
}

type componentKind struct{ id, label, shape string }

// chains are what a generated container may hold, areaSize components in the
// order in which they talk to each other.
func chains() [][areaSize]componentKind {
	api, worker := componentKind{"api", "API", ""}, componentKind{"worker", "Worker", ""}
	queue, store := componentKind{"queue", "Queue", "queue"}, componentKind{"store", "Store", "cylinder"}
	scheduler, reports := componentKind{"scheduler", "Scheduler", ""}, componentKind{"reports", "Reports", "page"}
	return [][areaSize]componentKind{
		{api, worker, store}, {api, queue, worker}, {scheduler, worker, reports}, {api, store, reports}, {queue, worker, store},
	}
}

func details() []string {
	return []string{"%d replicas", "%d GB of memory", "%d requests a second on a busy day", "%d shards", "a timeout of %d s", "%d tenants in the beta"}
}

func tasks() []string {
	return []string{
		"Idempotent writes in %s", "Half the memory of %s", "Load test of %s at three times the traffic", "Newer driver in %s",
		"Alert on the error budget of %s", "Write down how to restore %s", "Shadow traffic for %s", "Limits per tenant in %s",
		"Graceful shutdown of %s", "Retry budget for clients of %s", "Pages in the answers of %s", "Audit log for %s",
		"Repair the gap of last week's incident in %s", "Structured logs in %s", "New path of %s behind a flag",
		"Faster tests of %s", "Typed configuration of %s", "Rotate the credentials of %s", "Health checks of %s that mean something",
		"Second region for %s", "Start %s in under a second", "Delete dead endpoints of %s", "Cost report for %s", "Chaos test of %s",
		"Service level for %s, with an owner", "Trace every request through %s", "Cache negative answers in %s", "Move %s to ARM",
		"Reproducible builds of %s", "Backpressure in %s", "Deploy %s in rings", "Clear ownership of the tables of %s",
	}
}

func excuses() []string {
	return []string{
		"Took %d days longer than we thought.", "The first version broke for %d tenants. Rolled back, cause is known.",
		"%d tests depend on the old behaviour.", "Reviewed, %d remarks left.", "On call took us %d hours this week.",
		"Works on staging, fails with %d concurrent writers.",
	}
}

func remarks() []string {
	return []string{
		"About %d services are clients.", "Measured %d ms at the median before.", "%d customers asked for it.",
		"Saves an estimated %d hours a month.", "See the incident %d weeks ago.", "We try it with %d tenants first.",
	}
}

func obstacles() []string {
	return []string{
		"a review by security", "a quota at the cloud provider", "a licence question", "the vendor's next release",
		"a customer's maintenance window", "hardware that is still on a ship", "an answer from legal",
	}
}

func firstNames() []string {
	return []string{
		"Adaeze", "Aiko", "Alejandra", "Amina", "Anders", "Anil", "Arjun", "Astrid", "Bilal", "Bruna", "Carlos", "Dalia",
		"Davide", "Efua", "Elena", "Esra", "Fatima", "Femi", "Gita", "Hassan", "Hye-jin", "Ines", "Isaac", "Jelena",
		"Joao", "Kemal", "Lars", "Leila", "Lin", "Mariam", "Marek", "Mikko", "Nadia", "Ngozi", "Olga", "Pablo",
		"Rania", "Rohan", "Sanna", "Tariku", "Vera", "Wei", "Yara", "Zofia",
	}
}

func lastNames() []string {
	return []string{
		"Abebe", "Acheampong", "Aydin", "Bakker", "Banerjee", "Bianchi", "Castro", "Chatterjee", "Dlamini", "Eriksen", "Farouk",
		"Garcia", "Haugen", "Ibrahim", "Ivanova", "Jansen", "Kaya", "Kimura", "Kowalski", "Laine", "Lopez", "Mbeki", "Moreau",
		"Nakamura", "Nguyen", "Novotny", "Odhiambo", "Okonkwo", "Park", "Pereira", "Popescu", "Rossi", "Sato", "Schmid",
		"Silva", "Tanaka", "Teixeira", "Vargas", "Wang", "Weber", "Yilmaz", "Zhang",
	}
}
