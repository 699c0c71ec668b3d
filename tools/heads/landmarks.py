"""The 68 iBUG points as vertices of the MakeHuman base mesh (hm08).

Found on drawings of bare frontal heads (six of them: a face-mesh detector's points, nearest
visible vertex), then put right by hand at jaw, brows and inner lips, and checked by drawing them
on heads of every age. They are mirror images of each other. The jaw points are points of the
mesh: on a turned head the far ones lie behind the face's outline, as the skull does.
"""

IBUG: tuple[int, ...] = (
    # jaw, from the picture's left ear over the chin to the right
    5427, 5455, 866, 912, 894, 892, 916, 918, 5296, 7620, 7618, 7594,
    7596, 7614, 7571, 12054, 12026,
    # brow at the picture's left
    254, 207, 176, 177, 181,
    # brow at the right
    6957, 6953, 6952, 6982, 7023,
    # bridge of the nose, downwards
    132, 131, 201, 294,
    # under the nose
    334, 313, 317, 7076, 7096,
    # eye at the picture's left: outer corner, upper lid, inner corner, lower lid
    4856, 6, 6763, 4871, 47, 6776,
    # eye at the right: inner corner, upper lid, outer corner, lower lid
    11489, 13359, 6790, 11474, 13372, 6831,
    # outer lips, from the left corner over the upper lip
    425, 5354, 456, 455, 7215, 11956, 7185, 7235, 7241, 492, 486, 480,
    # inner lips, from the left corner over the upper lip
    499, 470, 474, 7226, 7248, 7264, 493, 517,
)  # fmt: skip
