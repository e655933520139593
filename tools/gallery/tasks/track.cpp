// Following one of several equal dots that cross: a decoder writes where it is, frame by frame. It attends to where the
// dot was before, which gives its speed, and to the dots of the frame, one of which is where that leads. (Vaswani et
// al. 2017; memory over frames as in Meinhardt et al. 2022, TrackFormer.)
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

constexpr int cells = 20;
constexpr std::size_t frames = 10;
constexpr std::size_t dots = 4;
constexpr std::size_t given = 2;  // frames in which the dot is marked
constexpr int fastest = 2;        // cells a frame

class Tracking final : public AnsweringTask {
 public:
  Tracking() : AnsweringTask("track", {.steps = 500, .written = frames, .given = given}) {}

  /// The content is the cell of every dot in every frame, from left to right, the answer that of the marked one.
  Example draw(RandomStream& stream) const override {
    Example film;
    int at[dots];
    int speed[dots];
    for (std::size_t d = 0; d < dots; ++d) {
      at[d] = static_cast<int>(stream.below(cells));
      speed[d] = static_cast<int>(stream.below(2 * fastest + 1)) - fastest;
    }
    for (std::size_t f = 0; f < frames; ++f) {
      const auto [before, pace] = std::pair(at[0], speed[0]);
      for (std::size_t d = 0; f > 0 && d < dots; ++d) {
        if (happens(0.3, stream)) speed[d] = std::clamp(speed[d] + (happens(0.5, stream) ? 1 : -1), -fastest, fastest);
        if (at[d] + speed[d] < 0 || at[d] + speed[d] >= cells) speed[d] = -speed[d];
        at[d] += speed[d];
      }
      // Nobody could tell if another dot were where the marked one may have gone.
      for (std::size_t d = 1; f > 0 && d < dots; ++d) {
        if (at[d] != at[0] && std::abs(at[d] - before - pace) <= 1) return draw(stream);
      }
      std::array<int, dots> sorted;
      std::copy_n(at, dots, sorted.begin());
      std::sort(sorted.begin(), sorted.end());
      film.content.insert(film.content.end(), sorted.begin(), sorted.end());
      film.answer.push_back(static_cast<std::uint32_t>(at[0]));
    }
    return film;
  }

  Answers run(Tape& tape, const Examples& films) const override {
    std::vector<std::uint32_t> frame;
    for (std::uint32_t i = 0; i < frames * dots; ++i) frame.push_back(i / dots);
    Node& seen = tape.sum(tape.lookup(times, repeated(frame, films.size())),
                          tape.lookup(places, pack(films, &Example::content)));
    Node& decoded = tape.translate(tracker, seen, tape.embed(written, read_so_far(films, cells)));
    return tape.classify(decoded, written.table, answers_of(films)).showing({&decoded});
  }

  void show(const Example& film, std::size_t b, const Answers& answers, Page& page) const override {
    const bool right = answers.said[b] == film.answer;
    page.example(right ? "Followed to the end" : "Lost on the way",
                 right ? "" : "It mistook another dot for the marked.");
    const Matrix<float> looked = answers.seen[0]->attention(1, b);
    std::vector<std::string> rows;
    std::vector<std::string> marks(frames * cells);
    std::vector<float> weights(frames * cells);
    for (std::size_t f = 0; f < frames; ++f) {
      rows.push_back(fmt::format("frame {}", f + 1));
      for (std::size_t d = f * dots; d < (f + 1) * dots; ++d) {
        marks[f * cells + film.content[d]] = "○";
        if (f >= given) weights[f * cells + film.content[d]] += looked(f, d);
      }
      marks[f * cells + answers.said[b][f]] = "●";
    }
    page.table("Frames from top to bottom", rows, std::vector<std::string>(cells), {weights.data(), frames, cells},
               marks);
  }

  engine::ParameterHandle places = table("places", cells);
  engine::ParameterHandle times = table("times", frames);
  TokenEmbedding written{layout_, "written", {.vocabulary = cells + 1, .longest = frames, .width = width}};
  engine::EncoderDecoder<float> tracker{
      layout_, "tracker", {.encoder = blocks(0), .decoder = blocks(2, Mask::causal, distances(16, frames))}};
};

const MakeTask make_track = make<Tracking>;

}  // namespace infodiet::gallery
