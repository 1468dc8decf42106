from django.urls import path

from liaison.practice.pages import hours, office, sites, staff

urlpatterns = [
    path("practice/", office.practice, name="practice"),
    path("practice/edit/", office.edit, name="practice-edit"),
    path("practice/payers/new/", office.add_payer, name="add-payer"),
    path("practice/payers/<uuid:payer_id>/", office.edit_payer, name="edit-payer"),
    path("practice/sites/", sites.sites, name="practice-sites"),
    path("practice/sites/new/", sites.add_site, name="add-site"),
    path("practice/sites/<uuid:site_id>/", sites.edit_site, name="edit-site"),
    path("practice/sites/<uuid:site_id>/hours/", sites.site_hours, name="site-hours"),
    path("practice/sites/<uuid:site_id>/rooms/", sites.add_room, name="add-room"),
    path("practice/rooms/<uuid:room_id>/", sites.edit_room, name="edit-room"),
    path("practice/rooms/<uuid:room_id>/use/", sites.use_room, name="use-room"),
    path("practice/staff/", staff.staff, name="practice-staff"),
    path("practice/staff/new/", staff.add_staff, name="add-staff"),
    path("practice/staff/<uuid:staff_id>/", staff.member, name="staff-member"),
    path("practice/staff/<uuid:staff_id>/edit/", staff.edit_staff, name="edit-staff"),
    path("practice/staff/<uuid:staff_id>/sign-in/", staff.sign_in, name="staff-sign-in"),
    path("practice/staff/<uuid:staff_id>/password/", staff.new_password, name="staff-password"),
    path("practice/staff/<uuid:staff_id>/end/", staff.end_staff, name="end-staff"),
    path("practice/staff/<uuid:staff_id>/return/", staff.return_staff, name="return-staff"),
    path("practice/staff/<uuid:staff_id>/sites/", staff.add_staff_site, name="add-staff-site"),
    path("practice/staff/<uuid:staff_id>/sites/<uuid:site_id>/end/", staff.end_staff_site, name="end-staff-site"),
    path("practice/staff/<uuid:staff_id>/hours/<uuid:site_id>/", hours.provider_hours, name="provider-hours"),
    path("practice/staff/<uuid:staff_id>/absences/", hours.add_absence, name="add-absence"),
    path(
        "practice/staff/<uuid:staff_id>/absences/<uuid:absence_id>/remove/", hours.remove_absence, name="remove-absence"
    ),
]
