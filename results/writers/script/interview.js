// "Help me choose weights": an interview on the page, from the map's portfolios and bounds alone.
// The page ends at the same regret as `stratafolio elicit`; or where no more than a fifth of what is not excluded
// can be told from its own portfolios: the rest is how coarse its bounds are.
const [SAMPLES, STEPS, GOOD, COARSE, ENOUGH] = [600, 30, 0.05, 0.2, 20];

// The weightings that agree with answers, as shares of the sliders; null where none does.
const findRegion = (map, answers) => {
  const frame = (form, constant = 0) => map.sliders.map((slider) => dot(form, slider.weights) + constant);
  const kept = map.region.flatMap((statement) => {
    const row = frame(map.layers.map((layer) => statement.coefficients[layer] || 0), statement.constant);
    return statement.equal ? [row, row.map((own) => -own)] : [row];
  });
  const said = answers.flatMap(({ question, answer }) => statementsOf(question, answer).map((form) => frame(form)));
  return cutAll(openRegion(map.sliders.length), [...kept, ...said]);
};

// What is proven after some answers, what is settled, and the next question: the same after the same answers.
const takeStock = (map, answers, layerQuestions) => {
  const region = findRegion(map, answers);
  if (!region) return null;
  const weigh = (shares) => map.layers.map((_, layer) => shares.reduce((sum, share, at) => sum + share * map.sliders[at].weights[layer], 0));
  const corners = region.corners.map((corner) => weigh(corner.shares));
  const judged = corners.map((weights) => judgeWeights(map, weights));
  const certificate = certify(map, corners, judged.map(({ gain, loss }) => gain + loss));
  const known = certify(map, corners, judged.map(({ gain }) => gain));
  const survey = surveyRegion(map, wander(region, SAMPLES, STEPS).map(weigh), corners);
  const skipped = answers.filter(({ answer }) => answer === "same" || answer === "skip").map(({ question }) => question.pair);
  const able = [...layerQuestions, ...listPortfolioQuestions(map, survey.likely)].filter(({ pair }) => !skipped.includes(pair));
  const ended = certificate.regret <= GOOD ? "good" : known.regret <= COARSE * certificate.regret ? "coarse" : answers.length >= ENOUGH ? "enough" : "";
  const question = ended ? null : chooseQuestion(able, survey);
  const ids = Object.keys(map.programmes);
  return {
    certificate, known: known.regret, question, ended: ended || (question ? "" : "none"), corners, middle: middleOf(corners),
    funded: ids.filter((id) => survey.best.every((own) => own.funded.includes(id))),
    left: ids.filter((id) => survey.best.every((own) => !own.funded.includes(id))),
  };
};

const ENDED = {
  good: "That is good enough: no question is needed any more.",
  coarse: "More questions would help little: what may still be lost is mostly what this page cannot exclude, not what your answers leave open. It solves nothing, so that between the weightings it was made from a plan that it does not hold may gain more. stratafolio elicit solves as it asks and proves more; so does a page with a finer map.",
  enough: `${ENOUGH} questions are answered; the rest is better asked by stratafolio elicit.`,
  none: "Of the questions that this page can ask none would tell apart what is left; stratafolio elicit solves as it asks and may prove more.",
};
const tellEnd = (ended, regret) => ended === "good" ? ENDED.good
  : `It ends above the ${plain(100 * GOOD, 0)} % that would be good enough${Number.isFinite(regret) ? `, at ${plain(100 * regret, 1)} %` : ""}. ${ENDED[ended]}`;
const SAID = {
  a: ({ a, b }) => `${a} is worth more than ${b}`, b: ({ a, b }) => `${b} is worth more than ${a}`,
  same: ({ a, b }) => `${a} and ${b} are worth about the same`, skip: ({ a, b }) => `cannot say: ${a}, or ${b}`,
};
const REPLIES = { a: "", b: "", same: `About the same: neither is worth more than ${ABOUT} times the other`, skip: "Cannot say" };

const openInterview = (map, explorer) => {
  const layerQuestions = listLayerQuestions(map);
  const first = {};
  let answers = [];
  let stock = null;
  const reply = (answer) => {
    if (!stock || !stock.question) return;
    take([...answers, { question: stock.question, answer }]);
  };
  const take = (said) => {
    const next = takeStock(map, said, layerQuestions);
    if (!next) {
      find("question-note").textContent = "With the answers before it that leaves no weighting: give another, or take one back.";
      return;
    }
    [answers, stock] = [said, next];
    show();
  };
  const buttons = Object.entries(REPLIES).map(([answer, text]) => Object.assign(press(text, "", () => reply(answer)), { value: answer }));
  find("replies").append(...buttons);
  const show = () => {
    const { question, ended, certificate, funded, left } = stock;
    if (!answers.length) first.regret = certificate.regret;
    find("question").textContent = question ? `Question ${answers.length + 1}: which is worth more?` : tellEnd(ended, certificate.regret);
    find("question-note").textContent = question ? question.note : "";
    buttons.forEach((button) => {
      button.hidden = !question;
      if (question && ["a", "b"].includes(button.value)) button.textContent = `(${button.value}) ${question[button.value]}`;
    });
    find("proven").textContent = tellCertificate(map, stock, answers.length, first.regret);
    Object.assign(find("interview").dataset, { regret: certificate.regret, known: stock.known, portfolio: certificate.portfolio ? certificate.portfolio.id : "", asked: answers.length, middle: JSON.stringify(stock.middle), ended });
    fill(find("answers"), ...answers.map((own, at) => hold(make("li", ""), make("bdi", SAID[own.answer](own.question)), " ",
      press("take back", `Take answer ${at + 1} back`, () => { take(answers.filter((_, other) => other !== at)); find("question").focus(); }))));
    find("restart").hidden = !answers.length;
    const ids = Object.keys(map.programmes).filter((id) => !funded.includes(id) && !left.includes(id));
    const list = (title, own) => hold(make("div", ""), make("strong", `${title} (${own.length})`), hold(make("ul", ""), ...listProgrammes(map, own)));
    fill(find("settled"), make("p", "In the best known plans under all weightings looked at that agree with your answers:", { className: "quiet" }),
      hold(make("div", "", { className: "moves thirds" }), list("Always funded", funded), list("May be", ids), list("Never", left)),
      ...tellStatements(map, answers));
  };
  find("settle").addEventListener("click", () => explorer.go(stock.middle));
  find("restart").addEventListener("click", () => take([]));
  find("interview").addEventListener("toggle", () => { if (!stock && find("interview").open) take([]); });
};

const tellCertificate = (map, { certificate, known }, count, before) => {
  const { portfolio, regret, points } = certificate;
  if (!portfolio || !Number.isFinite(regret)) return "Nothing is proven yet of any portfolio under all of these weightings.";
  const agree = count ? `that agrees with your ${count === 1 ? "answer" : `${count} answers`}` : "there is";
  const share = (own) => `${plain(100 * own, 1)} %`;
  const since = count && Number.isFinite(before) ? ` Before the first answer it was ${share(before)}.` : "";
  return `Portfolio ${portfolio.id} (${tellMoney(map, spendOf(portfolio))}, ${portfolio.funded.length} programmes) loses at most ${share(regret)} of the best gain, ${plain(points, 3)} points, `
    + `under every weighting ${agree}: proven from the bounds this page holds. Against the page's own portfolios alone it is ${share(known)}.${since}`;
};

// What was said, as --where and stakeholders take it.
const tellStatements = (map, answers) => {
  const side = (form) => form.flatMap((own, at) => own > 0 ? [`${Number(own.toPrecision(5))} * ${map.layers[at]}`] : []).join(" + ");
  const told = answers.flatMap(({ question, answer }) => statementsOf(question, answer).map((form) => `${side(form)} >= ${side(form.map((own) => -own))}`));
  return told.length ? [hold(make("details", ""), make("summary", "Your answers as statements, for --where or a stakeholder"), ...told.map((text) => hold(make("div", ""), make("code", text))))] : [];
};
