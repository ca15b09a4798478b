// What things are called, how they are marked, and the sentences to read: all our own.

/** Marks as in the course's figures: a colour never speaks alone. */
export const NAMES = {
  f: { name: "forget gate", symbol: "f", mark: "▼", low: 0, says: "how much of the old cell state is kept" },
  i: { name: "input gate", symbol: "i", mark: "▲", low: 0, says: "how much of the candidate is let in" },
  g: { name: "candidate", symbol: "c̃", mark: "◆", low: -1, says: "what this word offers to write" },
  c: { name: "cell state", symbol: "c", mark: "●", low: -1, says: "the memory, one number a unit" },
  o: { name: "output gate", symbol: "o", mark: "■", low: 0, says: "how much of the memory is shown" },
  h: { name: "hidden state", symbol: "h", mark: "✚", low: -1, says: "what is shown, and the verdict rests on" },
};

export const EXAMPLES = [
  "The first hour was slow and I nearly left. But the ending is wonderful, and I loved it.",
  "A dull, awful film that bored me to tears. My friend says that the camera is there, and the people in it are there.",
  "A wonderful film. My friend says that the camera is there, and the people in it are there, and then it is over.",
  "This is not a bad film.",
  "It is not good, not wonderful, and not great.",
  "The beginning is dull and the ending is wonderful.",
  "The ending is wonderful and the beginning is dull.",
  "The film is wonderful. The actors are great, the story is moving and I loved every minute of it.",
  "I expected something dull but I got something wonderful.",
  "Excellent.",
  "The zorblax flimmered, but the quibbleford was great.",
  "We went in because of the rain. The room was nearly empty, the seats were old, and the first scene showed a man who " +
    "waits for a train. For half an hour he waits, and I began to count the lamps. Then a girl sits down beside him and " +
    "asks what he is waiting for, and he does not know. From there on I forgot the rain. They talk, they walk through the " +
    "town, they miss the train twice, and at the end they stand where they began. Nothing much has happened, and yet it is " +
    "a beautiful film, funny and sad, and I would see it again tomorrow.",
];

/** Experiments: what is held at what, the question before it, and what is true after it. */
export const EXPERIMENTS = [
  {
    hold: { f: 0 },
    label: "Forget gate at 0",
    ask: "At every word, every unit drops its old number. Which words still count at the end?",
    then: "Held at 0, the forget gate keeps nothing: c = 0 × old + i × c̃. What a word wrote is dropped at the next one; of the words before, only what h passes to the next gates is left.",
  },
  {
    hold: { f: 1 },
    label: "Forget gate at 1",
    ask: "No unit ever drops anything. Does an early strong word still fade?",
    then: "Held at 1, the forget gate keeps everything: c = 1 × old + i × c̃. What a word wrote stays, and only words that write the opposite take it back.",
  },
  {
    hold: { i: 0 },
    label: "Input gate at 0",
    ask: "No word is let in. What is left to judge by?",
    then: "c = f × old + 0: nothing is written. What was there before the text fades, by the forget gate, at every word.",
  },
  {
    hold: { o: 0 },
    label: "Output gate at 0",
    ask: "The memory works, and shows nothing. What does the verdict say?",
    then: "h = 0 × tanh(c): the verdict sees zeros, whatever the cell states hold, and says the same to every text.",
  },
];

/** Shares of the test reviews that the networks judge right, as on their cards. */
export const ACCURACY = { lstm: 0.8404, rnn: 0.8222 };
