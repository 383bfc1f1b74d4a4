/** Tree ensembles: read them, ask them, and say why they answered so. What the library shows of this room. */
export { saveModel } from "./file/model-file.ts";
export { featureImportances } from "./importance.ts";
export type { CardFigure, CardSource, Model, ModelCard } from "./model.ts";
export { loadModel, openModel } from "./open-model.ts";
export { createPredictor, type Predictor } from "./predictor.ts";
export { referenceProbability } from "./reference-predictor.ts";
