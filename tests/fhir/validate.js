// Reads a list of FHIR resources on standard input; prints what the validator says of each.
const { Fhir } = require("fhir");

const fhir = new Fhir();
const resources = JSON.parse(require("fs").readFileSync(0));
const judged = resources.map((resource) => fhir.validate(resource, { errorOnUnexpected: true }));
console.log(JSON.stringify(judged));
