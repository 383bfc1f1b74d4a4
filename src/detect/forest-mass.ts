import { discounted, type Mass, massOfProbability, VACUOUS } from "./dempster-shafer.ts";
import type { Detector } from "./judge.ts";

/** The forest's probability as a mass function, discounted by its reliability; vacuous where it did not judge (NaN). */
export function forestMass(probability: number, detector: Detector): Mass {
	return Number.isNaN(probability) ? VACUOUS : discounted(massOfProbability(probability), detector.reliability);
}
