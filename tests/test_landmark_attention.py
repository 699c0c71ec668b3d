"""Landmark modules: equal to the formulas, x and y apart, faces without landmarks untouched."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from facelm.errors import InputError
from facelm.models.landmark_attention import (
    MASKS,
    REGIONS,
    FaceLandmarks,
    LandmarkAttention,
    LandmarkProjector,
    Mask,
    check_landmarks,
    proximity,
)

WIDTH, HEADS = 16, 4
GRID = (2, 3)
WITH_MASK: tuple[Mask, ...] = ("softmax-distance", "negative-distance")


def _batch(
    *frames: int, cls: bool = True, dtype: torch.dtype = torch.float32
) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(1)
    tokens = GRID[0] * GRID[1] + cls
    visual = torch.randn(*frames, tokens, WIDTH, generator=draw, dtype=torch.float64)
    points = torch.rand(*frames, 68, 2, generator=draw, dtype=torch.float64)
    return visual.to(dtype), points.to(torch.promote_types(dtype, torch.float32))


def _module(mask: Mask = "softmax-distance", zero_init: bool = False) -> FaceLandmarks:
    torch.manual_seed(0)
    return FaceLandmarks(WIDTH, HEADS, mask, zero_init)


# ------------------------------------------------ the formulas, slowly


# Region by region from the paper's table (papers.md 3.2), not from the module's own.
RANGES = [(0, 17), (17, 22), (22, 27), (27, 31), (31, 36), (36, 42), (42, 48), (48, 60), (60, 68)]


def _times(layer: nn.Linear, x: list[float]) -> list[float]:
    weight, bias = layer.weight.double().tolist(), layer.bias.double().tolist()
    return [sum(w * v for w, v in zip(row, x, strict=True)) + b for row, b in zip(weight, bias)]  # noqa: B905


def _slow_tokens(projector: LandmarkProjector, points: list[list[float]]) -> list[list[float]]:
    whole = _times(projector.face, [number for point in points for number in point])
    tokens = []
    for layer, (start, end) in zip(projector.regions.values(), RANGES, strict=True):
        own = _times(layer, [number for point in points[start:end] for number in point])
        tokens.append([a + b for a, b in zip(own, whole, strict=True)])
    return tokens


def _slow_bias(points: list[list[float]], token: int, cls: bool, mask: Mask) -> list[float]:
    if mask == "none":
        return [0.0] * 9
    away = []
    for start, end in RANGES:
        x = sum(p[0] for p in points[start:end]) / (end - start)
        y = sum(p[1] for p in points[start:end]) / (end - start)
        row, column = divmod(token - cls, GRID[1])
        here = ((column + 0.5) / GRID[1], (row + 0.5) / GRID[0])
        away.append(0.0 if cls and token == 0 else math.dist(here, (x, y)))
    if mask == "negative-distance":
        return [-d for d in away]
    return [math.exp(-d) / sum(math.exp(-e) for e in away) for d in away]


def _slow_frame(
    module: FaceLandmarks, visual: list[list[float]], points: list[list[float]], cls: bool
) -> list[list[float]]:
    layers, size = module.attention, WIDTH // HEADS
    regions = _slow_tokens(module.projector, points)
    keys = [_times(layers.key, h) for h in regions]
    values = [_times(layers.value, h) for h in regions]
    changed = []
    for n, token in enumerate(visual):
        query, bias = _times(layers.query, token), _slow_bias(points, n, cls, layers.mask)
        answer: list[float] = []
        for start in range(0, WIDTH, size):
            part = range(start, start + size)
            scores = [
                sum(query[i] * keys[r][i] for i in part) / math.sqrt(size) + bias[r]
                for r in range(9)
            ]
            total = sum(math.exp(s) for s in scores)
            answer += [
                sum(math.exp(scores[r]) / total * values[r][i] for r in range(9)) for i in part
            ]
        seen = [v + a for v, a in zip(token, _times(layers.join, answer), strict=True)]
        mean = sum(seen) / WIDTH
        spread = math.sqrt(sum((s - mean) ** 2 for s in seen) / WIDTH + 1e-5)
        scale, shift = layers.norm.weight.tolist(), layers.norm.bias.tolist()
        normal = [(s - mean) / spread * scale[i] + shift[i] for i, s in enumerate(seen)]
        step = _times(layers.output, normal)
        changed.append([v + 0.1 * s for v, s in zip(token, step, strict=True)])
    return changed


@pytest.mark.parametrize("cls", [False, True])
@pytest.mark.parametrize("mask", MASKS)
def test_it_is_the_formula(mask: Mask, cls: bool) -> None:
    module = _module(mask)
    nn.init.normal_(module.attention.norm.weight)
    nn.init.normal_(module.attention.norm.bias)
    # Scores wide enough that the softmax, the mask and the scale all show.
    nn.init.normal_(module.attention.query.weight)
    nn.init.normal_(module.attention.key.weight)
    visual, points = _batch(2, 3, cls=cls, dtype=torch.float64)
    slow = torch.tensor(
        [
            [_slow_frame(module, v, p, cls) for v, p in zip(*pair, strict=True)]
            for pair in zip(visual.tolist(), points.tolist(), strict=True)
        ],
        dtype=torch.float64,
    )
    quick = module(visual.float(), points.float(), GRID)
    torch.testing.assert_close(quick.double(), slow, atol=1e-5, rtol=1e-5)
    exact = module.double()(visual, points, GRID)
    torch.testing.assert_close(exact, slow, atol=1e-12, rtol=1e-12)


def test_without_a_mask_it_attends_as_torch_does() -> None:
    ours, torchs = _module("none").attention, nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
    layers = (ours.query, ours.key, ours.value)
    with torch.no_grad():
        torchs.in_proj_weight.copy_(torch.cat([layer.weight for layer in layers]))
        torchs.in_proj_bias.copy_(torch.cat([layer.bias for layer in layers]))
        torchs.out_proj.load_state_dict(ours.join.state_dict())
    visual, points = _batch(2, 1)
    regions = _module().projector(points)
    answer = torchs(visual[:, 0], regions[:, 0], regions[:, 0])[0]
    expected = visual[:, 0] + 0.1 * ours.output(ours.norm(visual[:, 0] + answer))
    torch.testing.assert_close(ours(visual, regions, points, GRID)[:, 0], expected)


# ------------------------------------------------ sizes


def test_sizes_are_the_published_ones() -> None:
    def count(part: nn.Module) -> int:
        return sum(p.numel() for p in part.parameters())

    with torch.device("meta"):
        module = FaceLandmarks(4096)
    local, whole = count(module.projector.regions), count(module.projector.face)
    assert (local, whole) == (593_920, 561_152)
    assert count(module) == 5 * 4096**2 + 7 * 4096 + local + whole == 85_069_824
    assert count(module.attention) == pytest.approx(84e6, rel=0.01)
    assert count(module) == pytest.approx(84e6 + 1.15e6, rel=0.01)
    assert module.attention.heads == 8
    assert [(r.start, r.end) for r in REGIONS] == RANGES


def test_pictures_and_clips_of_the_paper_go_through_at_full_width() -> None:
    with torch.device("meta"):
        module = FaceLandmarks(4096)
        picture = module(torch.empty(3, 256, 4096), torch.empty(3, 68, 2), (16, 16))
        clip = module(torch.empty(2, 8, 257, 4096), torch.empty(2, 8, 68, 2), (16, 16))
        assert module.projector(torch.empty(2, 8, 68, 2)).shape == (2, 8, 9, 4096)
        assert module.projector(torch.empty(2, 68, 2)).shape == (2, 1, 9, 4096)
    assert picture.shape == (3, 256, 4096)
    assert clip.shape == (2, 8, 257, 4096)


def test_only_weights_are_saved() -> None:
    module = _module()
    assert set(module.state_dict()) == {name for name, _ in module.named_parameters()}
    assert not list(module.buffers())


# ------------------------------------------------ where things are


@pytest.mark.parametrize("cls", [0, 1])
@pytest.mark.parametrize("grid", [(3, 5), (5, 3), (4, 4), (1, 7)])
def test_a_region_is_nearest_to_the_patch_it_lies_on(grid: tuple[int, int], cls: int) -> None:
    rows, columns = grid
    for row in range(rows):
        for column in range(columns):
            at = torch.tensor([(column + 0.5) / columns, (row + 0.5) / rows])
            bias = proximity(at.expand(68, 2), grid, rows * columns + cls, "negative-distance")
            assert bias is not None
            patches = bias[cls:]
            assert patches.argmax(0).tolist() == [row * columns + column] * 9
            assert patches.max() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("mask", WITH_MASK)
def test_left_is_left_and_up_is_up(mask: Mask) -> None:
    rows, columns = grid = (4, 6)
    eye = REGIONS[5]

    def seen(x: float, y: float) -> Tensor:
        points = torch.full((68, 2), 0.5)
        points[eye.start : eye.end] = torch.tensor([x, y])
        bias = proximity(points, grid, rows * columns, mask)
        assert bias is not None
        return bias[:, 5].reshape(rows, columns)

    def rose(after: Tensor, before: Tensor) -> Tensor:
        return (after - before).sign()

    halves = torch.tensor([-1.0, 1.0])
    right = halves.repeat_interleave(columns // 2).expand(rows, columns)
    down = halves.repeat_interleave(rows // 2)[:, None].expand(rows, columns)
    assert torch.equal(rose(seen(0.9, 0.5), seen(0.1, 0.5)), right)
    assert torch.equal(rose(seen(0.5, 0.9), seen(0.5, 0.1)), down)


@pytest.mark.parametrize("mask", WITH_MASK)
def test_cls_prefers_no_region(mask: Mask) -> None:
    _, points = _batch(2, 3)
    bias = proximity(points, GRID, 7, mask)
    assert bias is not None
    assert bias.shape == (2, 3, 7, 9)
    assert (bias[..., 0, :] == bias[..., 0, :1]).all()
    assert (bias[..., 1:, :] != bias[..., 1:, :1]).any()
    torch.testing.assert_close(bias[..., 1:, :], proximity(points, GRID, 6, mask))


def test_a_frame_sees_its_own_landmarks_only() -> None:
    visual, points = _batch(2, 3)
    moved = points.clone()
    moved[1, 2] = 1 - moved[1, 2]
    before, after = (_module()(visual, p, GRID) for p in (points, moved))
    touched = (before != after).flatten(2).any(-1)
    assert touched.tolist() == [[False, False, False], [False, False, True]]


def test_a_picture_is_a_clip_of_one_frame() -> None:
    visual, points = _batch(3)
    module, known = _module(), torch.tensor([True, False, True])
    clip = module(visual[:, None], points[:, None], GRID, known[:, None])
    assert torch.equal(module(visual, points, GRID, known), clip[:, 0])


# ------------------------------------------------ learning


@pytest.mark.parametrize("mask", MASKS)
def test_every_weight_learns(mask: Mask) -> None:
    module = _module(mask)
    visual, points = _batch(2, 3)
    visual.requires_grad_()
    module(visual, points, GRID).square().sum().backward()
    for name, weight in module.named_parameters():
        assert weight.grad is not None and weight.grad.isfinite().all(), name
        # The softmax does not see what is added to every region's score alike.
        assert name == "attention.key.bias" or weight.grad.abs().max() > 1e-6, name
    assert visual.grad is not None and visual.grad.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_from_zero_it_starts_at_nothing_and_learns(dtype: torch.dtype) -> None:
    module = _module(zero_init=True)
    visual, points = _batch(2, 3, dtype=dtype)
    assert torch.equal(module.to(dtype)(visual, points, GRID), visual)
    module = module.float()
    visual = visual.float()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        module(visual, points, GRID).square().sum().backward()
        optimizer.step()
    assert module.projector.face.weight.grad.abs().max() > 0
    assert not torch.equal(module(visual, points, GRID), visual)


def test_zeroing_again_undoes_a_models_own_drawing_of_weights() -> None:
    module = _module(zero_init=True)
    nn.init.normal_(module.attention.output.weight)
    module.attention.zero_output()
    visual, points = _batch(2, 3)
    assert torch.equal(module(visual, points, GRID), visual)


# ------------------------------------------------ faces without landmarks


@pytest.mark.parametrize("rubbish", [math.nan, math.inf, 1e30])
@pytest.mark.parametrize("mask", MASKS)
def test_faces_without_landmarks_pass_unchanged(mask: Mask, rubbish: float) -> None:
    module, known = _module(mask), torch.tensor([[True, False, True], [False, False, False]])
    visual, points = _batch(2, 3)
    full = module(visual, points, GRID)
    points[~known] = rubbish
    out = module(visual, points, GRID, known)
    bits = [x[~known].view(torch.int32) for x in (out, visual)]
    assert torch.equal(*bits)
    torch.testing.assert_close(out[known], full[known])
    assert (out[known] != visual[known]).any(-1).all()


@pytest.mark.parametrize("mask", MASKS)
def test_faces_without_landmarks_teach_the_modules_nothing(mask: Mask) -> None:
    known = torch.tensor([[True, False, True], [False, False, False]])
    visual, points = _batch(2, 3)
    mixed, alone = _module(mask), _module(mask)
    points[~known] = math.nan
    visual.requires_grad_()
    mixed(visual, points, GRID, known).sin().sum().backward()
    alone(visual.detach()[:1, [0, 2]], points[:1, [0, 2]], GRID).sin().sum().backward()
    for (name, a), b in zip(mixed.named_parameters(), alone.parameters(), strict=True):
        torch.testing.assert_close(a.grad, b.grad, msg=name)
    assert visual.grad is not None and visual.grad.isfinite().all()
    torch.testing.assert_close(visual.grad[~known], visual.detach()[~known].cos())


def test_a_batch_without_any_landmarks_passes_and_gives_zero_gradients() -> None:
    module, (visual, points) = _module(), _batch(2, 3)
    out = module(visual, points * math.nan, GRID, torch.zeros(2, 3, dtype=torch.bool))
    assert torch.equal(out, visual)
    out.sum().backward()
    assert all((p.grad == 0).all() for p in module.parameters())


# ------------------------------------------------ number formats and compiling


@pytest.mark.parametrize("mask", MASKS)
def test_half_precision_is_near(mask: Mask) -> None:
    module = _module(mask)
    visual, points = _batch(2, 3)
    full = module(visual, points, GRID) - visual
    half = module.bfloat16()(visual.bfloat16(), points, GRID)
    assert half.dtype == torch.bfloat16
    torch.testing.assert_close(half.float() - visual, full, atol=0.03, rtol=0)
    half.float().square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in module.parameters())


def test_full_precision_weights_take_half_precision_tokens() -> None:
    module = _module()
    visual, points = _batch(2, 3, dtype=torch.bfloat16)
    full = module(visual.float(), points, GRID)
    mixed = module(visual, points, GRID)
    assert mixed.dtype == torch.bfloat16
    assert torch.equal(mixed, visual + (full - visual.float()).bfloat16())
    with torch.autocast("cpu", torch.bfloat16):
        assert module(visual, points, GRID).isfinite().all()
    module.attention.bfloat16()  # the projector stays in float32
    assert module(visual, points, GRID).dtype == torch.bfloat16


@pytest.mark.parametrize("mask", MASKS)
def test_it_compiles_in_one_piece(mask: Mask) -> None:
    torch.compiler.reset()
    module, (visual, points) = _module(mask), _batch(2, 3)
    compiled = torch.compile(module, backend="eager", fullgraph=True)
    known = torch.tensor([[True, False, True], [False, False, False]])
    for which in (known, ~known):
        expected = module(visual, points, GRID, which)
        torch.testing.assert_close(compiled(visual, points, GRID, which), expected)


# ------------------------------------------------ bad input


def test_heads_must_divide_the_width() -> None:
    with pytest.raises(InputError, match=r"8 attention heads do not divide a width of 20.* 5"):
        LandmarkAttention(20)
    with pytest.raises(InputError, match="0 attention heads"):
        LandmarkAttention(20, heads=0)


def test_an_unknown_mask_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="did you mean 'softmax-distance'"):
        LandmarkAttention(WIDTH, HEADS, "softmax-distanse")  # type: ignore[arg-type]


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("grid", [(2, 2), (4, 2), (-2, -3), (0, 6)])
def test_tokens_that_do_not_fit_the_grid_are_refused(grid: tuple[int, int], mask: Mask) -> None:
    visual, points = _batch(2, 3, cls=False)
    with pytest.raises(InputError, match=f"6 visual tokens do not fit a grid of {grid[0]} x"):
        _module(mask)(visual, points, grid)


def test_shapes_that_do_not_go_together_are_refused() -> None:
    module, (visual, points) = _module(), _batch(2, 3)
    known = torch.ones(2, 3, dtype=torch.bool)
    with pytest.raises(InputError, match=r"\(2, 2, 68, 2\).*give \(2, 3, 68, 2\)"):
        module(visual, points[:, :2], GRID)
    for wrong in (known[:1], known.float()):
        with pytest.raises(InputError, match=r"give booleans of shape \(2, 3\)"):
            module(visual, points, GRID, wrong)


def test_good_landmarks_pass_the_door(tmp_path: Path) -> None:
    _, points = _batch(3)
    points[0, 8] = torch.tensor([0.5, 1.5])
    points[0, 0] = torch.tensor([-0.5, 0.5])
    np.save(tmp_path / "a.npy", points.numpy())
    from_file = np.load(tmp_path / "a.npy")
    for given in (points, points.numpy(), points.tolist(), from_file, points.bfloat16()):
        checked, known = check_landmarks(given, "a", frames=3)
        assert checked.dtype == torch.float32 and known.dtype == torch.bool
        torch.testing.assert_close(checked, points, atol=0.01, rtol=0)
        assert known.tolist() == [True] * 3
    assert check_landmarks(points[0], "a")[0].shape == (1, 68, 2)


def test_a_frame_without_a_face_is_not_known_and_the_file_is_not_changed() -> None:
    _, points = _batch(3)
    points[1] = math.nan
    given = points.numpy()
    checked, known = check_landmarks(given, "a", frames=3)
    assert known.tolist() == [True, False, True]
    assert (checked[1] == 0).all() and np.isnan(given[1]).all()
    assert torch.equal(checked[known], points[known])
    visual, _ = _batch(1, 3)
    out = _module()(visual, checked[None], GRID, known[None])
    assert torch.equal(out[0, 1], visual[0, 1])


def _bad(frame: int, point: int, x: float, y: float) -> Tensor:
    points = torch.full((3, 68, 2), 0.5)
    points[frame, point] = torch.tensor([x, y])
    return points


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (torch.zeros(68, 3), r"landmarks of shape \(68, 3\) cannot be used; give 68 points"),
        (torch.zeros(3, 5, 2), r"landmarks of shape \(3, 5, 2\)"),
        (torch.zeros(0, 68, 2), r"landmarks of shape \(0, 68, 2\)"),
        (torch.zeros(136), r"landmarks of shape \(136,\)"),
        ([[0.1, 0.2], [0.3]], "not a table of numbers"),
        ("landmarks", "not a table of numbers"),
        (None, "landmarks of shape"),
        (torch.zeros(2, 68, 2), "frames with landmarks: 2, frames shown: 3"),
        (torch.zeros(68, 2), "frames with landmarks: 1, frames shown: 3"),
        (_bad(1, 4, math.nan, 0.5), "frame 1: 1 of 68 landmarks are not finite"),
        (_bad(1, 4, math.inf, 0.5), "frame 1: 1 of 68 landmarks are not finite"),
        (_bad(2, 9, 0.5, 1.51), r"frame 2: landmark 9 at \(0.5, 1.51\) is far outside"),
        (_bad(2, 9, -0.51, 0.5), r"frame 2: landmark 9 at \(-0.51, 0.5\).* divide x by"),
        (_bad(0, 0, 128, 200), r"frame 0: landmark 0 at \(128, 200\)"),
    ],
)
def test_bad_landmarks_stop_at_the_door(points: object, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        check_landmarks(points, "clips/7.npy", frames=3)
    assert str(caught.value).startswith("clips/7.npy: ")
