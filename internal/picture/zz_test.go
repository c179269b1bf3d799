package picture
import ("testing")
func TestZZ(t *testing.T) {
	all := takesOf(scenesOf(t, "appwrite"), Merged)
	for from := 0; from < len(all); from += 26 {
	takes := all[from:min(len(all), from+26)]
	shot, err := Shoot(t.Context(), takes[:13], wideScreen)
	for i := 13; i < len(takes) && err == nil; i++ {
		shot, err = shot.Extend(t.Context(), takes[i])
		if err != nil { t.Fatal(err) }
	}
	t.Log(shot.plans[0].direction, shot.plans[0].manner)
	for i := range takes { if i > 0 {
		var s stillness
		s.compare(shot.names[i-1], shot.names[i], shot.plans[i-1], shot.plans[i])
		l, h := shot.plans[i].bounds()
		t.Logf("%d: %d pairs of %d dx %.1f dy %.1f; %v %v", from+i, s.pairs, len(shot.names[i].nodes), s.dx, s.dy, l, h)
	}}
	}
}
