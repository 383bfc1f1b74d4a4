/** Made by `scripts/build-web.ts` of the style that the reports use, too. */
declare module "virtual:design.css";
declare module "*.css";
